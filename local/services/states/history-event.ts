import type { HistoryEvent, HistoryEventType } from '@aws-sdk/client-sfn';
import type { JsonObject } from '../../core/service.ts';
import { requireText } from '../../core/text.ts';
import type { HistoryEntry } from './interpreter/index.ts';

/** An entry of the journal's history as `GetExecutionHistory` gives it. */
export const historyEvent = (entry: HistoryEntry, id: number, region: string): HistoryEvent => ({
  id,
  previousEventId: entry.previousEventId,
  timestamp: new Date(entry.timestampMs),
  type: entry.type as HistoryEventType,
  ...detailsOf(entry, region),
});

const detailsOf = ({ type, details }: HistoryEntry, region: string): Partial<HistoryEvent> => {
  if (type.endsWith('StateEntered')) return { stateEnteredEventDetails: details as { name: string; input: string } };
  if (type.endsWith('StateExited')) return { stateExitedEventDetails: exitDetails(details) };
  // The SDK names the member after the event: TaskFailed → taskFailedEventDetails.
  const member = `${type.charAt(0).toLowerCase()}${type.slice(1)}EventDetails`;
  return { [member]: type.startsWith('Task') ? taskDetails(details, region) : functionDetails(type, details) };
};

const exitDetails = ({ name, output, assignedVariables }: JsonObject) => ({
  name: requireText(name, 'name'),
  output: requireText(output, 'output'),
  ...(assignedVariables !== undefined && {
    assignedVariables: Object.fromEntries(
      Object.entries(assignedVariables as JsonObject).map(([key, value]) => [key, JSON.stringify(value)]),
    ),
  }),
});

const taskDetails = ({ resource: _resource, retryCount: _retryCount, ...details }: JsonObject, region: string) => ({
  ...details,
  resourceType: 'lambda',
  resource: 'invoke',
  ...('parameters' in details && { region }),
});

const functionDetails = (type: string, details: JsonObject): JsonObject =>
  type === 'LambdaFunctionScheduled' ? { resource: details.resource ?? '', input: details.parameters ?? '' } : details;
