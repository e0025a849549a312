import Box from '@cloudscape-design/components/box';
import type { CardsProps } from '@cloudscape-design/components/cards';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { TableProps } from '@cloudscape-design/components/table';
import { asDollars, NOTHING } from '../calls/words.ts';
import { AppLink } from '../shell/app-link.tsx';
import { ActionMenu } from './action-menu.tsx';
import type { AgentRow } from './agent-row.ts';
import { AgentStatusIndicator } from './agent-status.tsx';
import { ChannelBadges } from './channel-badges.tsx';
import type { AgentActions } from './use-agent-actions.tsx';
import { asDay } from './words.ts';

export interface RowContext {
  readonly ask: AgentActions['ask'];
}

const NameLink = ({ agent: { agentId, agentName } }: AgentRow) => (
  <AppLink href={`/agents/${agentId}`}>{agentName}</AppLink>
);

const numberText = ({ number }: AgentRow): string => number || NOTHING;

const callsText = ({ today }: AgentRow): string => (today === undefined ? '…' : today.calls.toLocaleString('en-US'));
const costText = ({ today }: AgentRow): string => (today === undefined ? '…' : asDollars(today.costMicroUsd));

const menu = ({ agent }: AgentRow, { ask }: RowContext) => (
  <ActionMenu agent={agent} isIcon onAction={(action) => ask(action, agent)} />
);

/** Columns of the table of agents. */
export const agentColumns = (context: RowContext): TableProps.ColumnDefinition<AgentRow>[] => [
  { id: 'agentName', header: 'Name', sortingField: 'agentName', isRowHeader: true, minWidth: 180, cell: NameLink },
  {
    id: 'status',
    header: 'Status',
    sortingField: 'status',
    minWidth: 120,
    cell: ({ agent }) => <AgentStatusIndicator status={agent.status} />,
  },
  { id: 'type', header: 'Type', sortingField: 'type', minWidth: 130, cell: ({ type }) => type },
  {
    id: 'channels',
    header: 'Channels',
    minWidth: 160,
    sortingField: 'channels',
    cell: ({ agent }) => <ChannelBadges channels={agent.channels} />,
  },
  { id: 'number', header: 'Number', minWidth: 140, sortingField: 'number', cell: numberText },
  {
    id: 'calls',
    header: 'Calls today',
    minWidth: 110,
    sortingComparator: (one, other) => (one.today?.calls ?? 0) - (other.today?.calls ?? 0),
    cell: callsText,
  },
  {
    id: 'cost',
    header: 'Cost today',
    minWidth: 110,
    sortingComparator: (one, other) => (one.today?.costMicroUsd ?? 0) - (other.today?.costMicroUsd ?? 0),
    cell: costText,
  },
  {
    id: 'created',
    header: 'Created',
    minWidth: 160,
    sortingComparator: (one, other) => one.agent.createdAt - other.agent.createdAt,
    cell: ({ agent }) => asDay(agent.createdAt),
  },
  { id: 'actions', header: 'Actions', minWidth: 90, cell: (row) => menu(row, context) },
];

/** What a card of an agent says. */
export const agentCard = (context: RowContext): CardsProps.CardDefinition<AgentRow> => ({
  header: (row) => (
    <div className="oratio-card-header">
      <NameLink {...row} />
      {menu(row, context)}
    </div>
  ),
  sections: [
    {
      id: 'status',
      content: ({ agent, type }) => (
        <SpaceBetween size="xs" direction="horizontal">
          <AgentStatusIndicator status={agent.status} />
          <Box color="text-body-secondary">{type}</Box>
        </SpaceBetween>
      ),
    },
    {
      id: 'reason',
      content: ({ agent }) =>
        agent.status === 'failed' && agent.statusReason !== null ? agent.statusReason.message : undefined,
    },
    { id: 'channels', header: 'Channels', content: ({ agent }) => <ChannelBadges channels={agent.channels} /> },
    { id: 'number', header: 'Number', content: numberText },
    { id: 'calls', header: 'Calls today', content: callsText, width: 50 },
    { id: 'cost', header: 'Cost today', content: costText, width: 50 },
  ],
});
