import Icon from '@cloudscape-design/components/icon';
import type { TableProps } from '@cloudscape-design/components/table';
import { AppLink } from '../shell/app-link.tsx';
import { CallStatus } from './call-status.tsx';
import type { CallRow } from './call-types.ts';
import { asClock, asDollars, asMoment, asSentence, NOTHING } from './words.ts';

type Column = TableProps.ColumnDefinition<CallRow>;

const NARROW_COLUMNS: ReadonlySet<string> = new Set(['began', 'agent', 'cost']);

/** Columns of the log; a telephone's screen has those that tell calls apart, the status below the time. */
export function callColumns(nameOf: (agentId: string) => string, narrow: boolean): Column[] {
  const columns: readonly Column[] = [
    {
      id: 'began',
      header: 'Began',
      isRowHeader: true,
      cell: (call) => (
        <>
          <AppLink href={`/calls/${call.callId}`}>{asMoment(call.createdAtMs)}</AppLink>
          {narrow && (
            <div>
              <CallStatus status={call.status} />
            </div>
          )}
        </>
      ),
    },
    { id: 'agent', header: 'Agent', cell: (call) => nameOf(call.agentId) },
    { id: 'status', header: 'Status', cell: (call) => <CallStatus status={call.status} /> },
    { id: 'with', header: 'With', cell: withWhom },
    {
      id: 'length',
      header: 'Length',
      cell: (call) => (
        <>
          {call.durationMs === null ? NOTHING : asClock(call.durationMs)}{' '}
          {call.hasRecording && <Icon name="microphone" ariaLabel="recorded" />}
        </>
      ),
    },
    { id: 'turns', header: 'Turns', cell: (call) => call.turns },
    { id: 'interruptions', header: 'Cut off', cell: (call) => call.interruptions },
    {
      id: 'end',
      header: 'Ended',
      cell: (call) => (call.endReason === null ? NOTHING : asSentence(call.endReason)),
    },
    { id: 'cost', header: 'Cost', cell: (call) => asDollars(call.cost.total.microUsd) },
  ];
  return narrow ? columns.filter(({ id }) => NARROW_COLUMNS.has(id ?? '')) : [...columns];
}

/** Who was on the other end: a number with its direction, or a browser. */
export const withWhom = ({ channel, direction, fromNumber, toNumber }: CallRow): string => {
  const number = direction === 'inbound' ? fromNumber : toNumber;
  if (channel === 'browser') return 'Browser';
  return `${direction === 'inbound' ? 'From' : 'To'} ${number ?? 'a hidden number'}`;
};
