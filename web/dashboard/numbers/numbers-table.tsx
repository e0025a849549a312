import { useCollection } from '@cloudscape-design/collection-hooks';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import ButtonDropdown, { type ButtonDropdownProps } from '@cloudscape-design/components/button-dropdown';
import Header from '@cloudscape-design/components/header';
import Pagination from '@cloudscape-design/components/pagination';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator, { type StatusIndicatorProps } from '@cloudscape-design/components/status-indicator';
import Table, { type TableProps } from '@cloudscape-design/components/table';
import TextFilter from '@cloudscape-design/components/text-filter';
import { useMemo } from 'react';
import { useNarrow } from '../calls/use-narrow.ts';
import { NOTHING } from '../calls/words.ts';
import { AppLink } from '../shell/app-link.tsx';
import { releaseObstacle } from './assignment.ts';
import type { NumberRow } from './number-types.ts';
import { capabilityWords, countryName, PROVIDER_NAMES, statusWords } from './number-words.ts';

/** What somebody wants to do with a number. */
export type NumberWish =
  | { readonly kind: 'assign' | 'release'; readonly phoneNumber: string }
  | {
      readonly kind: 'free';
      readonly phoneNumber: string;
      readonly direction: 'inbound' | 'outbound';
      readonly agentId: string;
    };

interface Props {
  readonly numbers: readonly NumberRow[];
  readonly isPending: boolean;
  readonly nameOf: (agentId: string) => string;
  readonly wish: (wish: NumberWish) => void;
  readonly sync: () => void;
}

const PAGE_SIZE = 25;

/** The list of numbers, each with what can be done with it. */
export function NumbersTable({ numbers, isPending, nameOf, wish, sync }: Props) {
  const narrow = useNarrow();
  const columns = useMemo(() => columnsOf(nameOf, wish, narrow), [nameOf, wish, narrow]);
  const { items, collectionProps, filterProps, paginationProps, filteredItemsCount } = useCollection(numbers, {
    filtering: {
      filteringFunction: (number, text) => aboutNumber(number, nameOf).includes(text.toLowerCase()),
      empty: <NoNumbers sync={sync} />,
      noMatch: <Box textAlign="center">No number matches.</Box>,
    },
    pagination: { pageSize: PAGE_SIZE },
    sorting: { defaultState: { sortingColumn: { sortingField: 'phoneNumber' } } },
  });
  return (
    <Table
      {...collectionProps}
      ariaLabels={{ tableLabel: 'Telephone numbers' }}
      items={items}
      columnDefinitions={columns}
      trackBy="phoneNumber"
      loading={isPending}
      loadingText="Reading numbers"
      wrapLines
      contentDensity="compact"
      header={
        <Header variant="h2" counter={isPending ? '' : `(${numbers.length})`}>
          Your numbers and those you may assign
        </Header>
      }
      filter={
        <TextFilter
          {...filterProps}
          filteringPlaceholder="Number, agent, provider, status or country"
          filteringAriaLabel="Find numbers"
          countText={`${filteredItemsCount ?? 0} found`}
        />
      }
      pagination={numbers.length > PAGE_SIZE && <Pagination {...paginationProps} />}
    />
  );
}

const aboutNumber = (number: NumberRow, nameOf: Props['nameOf']): string =>
  [
    number.phoneNumber,
    PROVIDER_NAMES[number.provider],
    statusWords(number),
    countryName(number.country),
    number.type ?? '',
    ...[number.inboundAgentId, ...number.outboundAgentIds].flatMap((id) => (id === null ? [] : [nameOf(id)])),
  ]
    .join(' ')
    .toLowerCase();

const STATUS_TYPES: Readonly<Record<NumberRow['status'], StatusIndicatorProps.Type>> = {
  claiming: 'in-progress',
  releasing: 'in-progress',
  pointing: 'pending',
  available: 'stopped',
  assigned: 'success',
};

const NumberStatus = ({ row }: { readonly row: NumberRow }) => (
  <Box>
    <StatusIndicator type={row.vanishedAt === null ? STATUS_TYPES[row.status] : 'error'}>
      {statusWords(row)}
    </StatusIndicator>
  </Box>
);

/** On a telephone the status stands below the number. */
const NARROW_COLUMNS: ReadonlySet<string> = new Set(['number', 'inbound', 'actions']);

function columnsOf(
  nameOf: Props['nameOf'],
  wish: Props['wish'],
  narrow: boolean,
): readonly TableProps.ColumnDefinition<NumberRow>[] {
  const agent = (id: string) => <AppLink href={`/agents/${id}`}>{nameOf(id)}</AppLink>;
  const columns: readonly TableProps.ColumnDefinition<NumberRow>[] = [
    {
      id: 'number',
      header: 'Number',
      sortingField: 'phoneNumber',
      isRowHeader: true,
      cell: (row) => (
        <>
          {row.phoneNumber}
          {narrow && <NumberStatus row={row} />}
        </>
      ),
    },
    { id: 'provider', header: 'Provider', sortingField: 'provider', cell: (row) => PROVIDER_NAMES[row.provider] },
    {
      id: 'status',
      header: 'Status',
      sortingField: 'status',
      minWidth: 150,
      cell: (row) => <NumberStatus row={row} />,
    },
    { id: 'country', header: 'Country', sortingField: 'country', cell: (row) => countryName(row.country) },
    { id: 'can', header: 'Can', cell: (row) => capabilityWords(row.capabilities) },
    {
      id: 'inbound',
      header: 'Answered by',
      cell: (row) => (row.inboundAgentId === null ? NOTHING : agent(row.inboundAgentId)),
    },
    {
      id: 'outbound',
      header: 'Calls made by',
      cell: (row) =>
        row.outboundAgentIds.length === 0
          ? NOTHING
          : row.outboundAgentIds.map((id, index) => (
              <span key={id}>
                {index > 0 && ', '}
                {agent(id)}
              </span>
            )),
    },
    { id: 'actions', header: 'Actions', cell: (row) => <RowActions row={row} nameOf={nameOf} wish={wish} /> },
  ];
  return narrow ? columns.filter(({ id }) => NARROW_COLUMNS.has(id ?? '')) : columns;
}

function RowActions({ row, nameOf, wish }: Pick<Props, 'nameOf' | 'wish'> & { readonly row: NumberRow }) {
  const { phoneNumber, inboundAgentId, outboundAgentIds } = row;
  const obstacle = releaseObstacle(row);
  const assigned = [
    ...(inboundAgentId === null ? [] : [{ direction: 'inbound' as const, agentId: inboundAgentId }]),
    ...outboundAgentIds.map((agentId) => ({ direction: 'outbound' as const, agentId })),
  ];
  const items: ButtonDropdownProps.Items = [
    { id: 'assign', text: inboundAgentId === null ? 'Assign…' : 'Reassign…' },
    ...assigned.map(({ direction, agentId }, index) => ({
      id: `free-${index}`,
      text:
        direction === 'inbound' ? `${nameOf(agentId)} answers no more…` : `${nameOf(agentId)} calls no more from it…`,
    })),
    { id: 'release', text: 'Release…', disabled: obstacle !== undefined, disabledReason: obstacle ?? '' },
  ];
  const choose = (id: string): void => {
    const free = assigned[Number(id.replace('free-', ''))];
    if (free !== undefined && id.startsWith('free-')) wish({ kind: 'free', phoneNumber, ...free });
    else wish({ kind: id === 'release' ? 'release' : 'assign', phoneNumber });
  };
  return (
    <ButtonDropdown
      variant="inline-icon"
      ariaLabel={`Actions for ${phoneNumber}`}
      expandToViewport
      items={items}
      onItemClick={({ detail }) => choose(detail.id)}
    />
  );
}

function NoNumbers({ sync }: { readonly sync: () => void }) {
  return (
    <Box textAlign="center" padding={{ vertical: 'l' }}>
      <SpaceBetween size="s">
        <b>No numbers yet</b>
        <span>Claim one, or read those that the telephone accounts of this stage have.</span>
        <Button onClick={sync}>Sync with the providers</Button>
      </SpaceBetween>
    </Box>
  );
}
