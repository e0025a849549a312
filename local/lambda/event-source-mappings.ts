import { createHash } from 'node:crypto';
import type * as client from '@aws-sdk/client-lambda';
import type { Handlers } from '../core/schema-service.ts';
import { AwsError, type CloudContext, type DeclaredResource, type ResourceProvider } from '../core/service.ts';
import { requireText } from '../core/text.ts';
import { type EventSource, readEventSource } from './event-source.ts';
import { EventSourcePoller, type PollerDependencies } from './event-source-poller.ts';
import type { FunctionRegistry } from './registry.ts';

export interface EventSourceMappings {
  readonly provider: ResourceProvider;
  readonly operations: Handlers<typeof client>;
  /** Begins to poll: everything that the template declares exists now. */
  readonly resume: () => void;
  readonly close: () => void;
}

/** What the function's role must be allowed to do with the queue (developer guide, "Execution role permissions"). */
const ACTIONS = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'];
const VISIBILITY_SECONDS = 30;

/** A stable UUID of a declared mapping. */
function uuidOf({ stackName, logicalId }: DeclaredResource): string {
  const hex = createHash('sha256').update(`${stackName}/${logicalId}`).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-');
}

/** Queues of the template that functions are invoked for. Polls nothing before `resume`. */
export function makeEventSourceMappings(
  context: CloudContext,
  registry: FunctionRegistry,
  dependencies: Omit<PollerDependencies, 'context'>,
): EventSourceMappings {
  const { queues } = dependencies;
  const sources = new Map<string, EventSource>();
  const pollers = new Map<string, EventSourcePoller>();
  let isPolling = false;

  const poll = (source: EventSource): void => {
    pollers.get(source.id)?.close();
    pollers.delete(source.id);
    if (!isPolling || !source.isEnabled) return;
    const poller = new EventSourcePoller(source, { ...dependencies, context });
    pollers.set(source.id, poller);
    poller.start();
  };

  /** Throws what `CreateEventSourceMapping` refuses. */
  const check = async (source: EventSource): Promise<void> => {
    const { roleArn, timeoutSeconds } = registry.require(source.functionName);
    const { VisibilityTimeout = VISIBILITY_SECONDS } = queues.attributesOf(source.queueArn);
    if (Number(VisibilityTimeout) < timeoutSeconds) {
      const times = `Queue visibility timeout: ${VisibilityTimeout} seconds is less than Function timeout: ${timeoutSeconds} seconds`;
      throw new AwsError('InvalidParameterValueException', times);
    }
    for (const action of ACTIONS) {
      await context.authorizeRole(roleArn, [{ action, resource: source.queueArn }]).catch(() => {
        const message = `The function execution role does not have permissions to call ${action.slice(4)} on SQS`;
        throw new AwsError('InvalidParameterValueException', message);
      });
    }
  };

  const ensure = async (resource: DeclaredResource) => {
    const { name } = registry.require(requireText(resource.properties.FunctionName, 'FunctionName'));
    const source = readEventSource(uuidOf(resource), name, resource.properties);
    await check(source);
    sources.set(source.id, source);
    poll(source);
    return { ref: source.id, attributes: { Id: source.id, EventSourceMappingArn: arnOf(source) } };
  };
  const arnOf = ({ id }: EventSource) =>
    `arn:aws:lambda:${context.region}:${context.accountId}:event-source-mapping:${id}`;
  const describe = (source: EventSource) => ({
    UUID: source.id,
    EventSourceArn: source.queueArn,
    EventSourceMappingArn: arnOf(source),
    FunctionArn: registry.require(source.functionName).arn,
    BatchSize: source.batchSize,
    MaximumBatchingWindowInSeconds: 0,
    ScalingConfig: { MaximumConcurrency: source.maximumConcurrency },
    FunctionResponseTypes: source.reportsItemFailures ? (['ReportBatchItemFailures'] as const).slice() : [],
    State: source.isEnabled ? 'Enabled' : 'Disabled',
  });
  const required = (id: string | undefined): EventSource => {
    const source = sources.get(id ?? '');
    if (source) return source;
    throw new AwsError('ResourceNotFoundException', 'The resource you requested does not exist.', 404, {
      Type: 'User',
    });
  };

  return {
    provider: { type: 'AWS::Lambda::EventSourceMapping', ensure },
    operations: {
      GetEventSourceMapping: ({ UUID }) => describe(required(UUID)),
      ListEventSourceMappings: ({ FunctionName, EventSourceArn }) => {
        const name = FunctionName === undefined ? undefined : registry.require(FunctionName).name;
        const found = [...sources.values()].filter(
          ({ functionName, queueArn }) =>
            (name === undefined || name === functionName) &&
            (EventSourceArn === undefined || EventSourceArn === queueArn),
        );
        return { EventSourceMappings: found.map(describe) };
      },
      UpdateEventSourceMapping: ({ UUID, Enabled, BatchSize, ScalingConfig }) => {
        const source = required(UUID);
        const changed = {
          ...source,
          isEnabled: Enabled ?? source.isEnabled,
          batchSize: BatchSize ?? source.batchSize,
          maximumConcurrency: ScalingConfig?.MaximumConcurrency ?? source.maximumConcurrency,
        };
        sources.set(source.id, changed);
        poll(changed);
        return describe(changed);
      },
    },
    resume: () => {
      isPolling = true;
      for (const source of sources.values()) poll(source);
    },
    close: () => {
      isPolling = false;
      for (const poller of pollers.values()) poller.close();
    },
  };
}
