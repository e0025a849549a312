import Table, { type TableProps } from '@cloudscape-design/components/table';
import { agentColumns, type RowContext } from './agent-columns.tsx';
import type { AgentRow } from './agent-row.ts';

type AgentsTableProps = Omit<TableProps<AgentRow>, 'columnDefinitions'> & { readonly context: RowContext };

/** Agents row by row. Loaded for those who look at them this way. */
export const AgentsTable = ({ context, ...props }: AgentsTableProps) => (
  <Table
    {...props}
    enableKeyboardNavigation
    columnDefinitions={agentColumns(context)}
    ariaLabels={{ tableLabel: 'Agents' }}
  />
);
