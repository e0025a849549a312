import './agents.css';
import { useCollection } from '@cloudscape-design/collection-hooks';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Cards from '@cloudscape-design/components/cards';
import Header from '@cloudscape-design/components/header';
import Pagination from '@cloudscape-design/components/pagination';
import PropertyFilter from '@cloudscape-design/components/property-filter';
import SegmentedControl from '@cloudscape-design/components/segmented-control';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { type ReactNode, useMemo, useState } from 'react';
import { later } from '../shell/later.ts';
import { follow, useQueryString } from '../shell/location.ts';
import { ProblemAlert } from '../shell/problem-alert.tsx';
import { useLater } from '../shell/use-later.ts';
import { agentCard } from './agent-columns.tsx';
import { FILTER_OPTIONS, FILTER_PROPERTIES, readFilter, writeFilter } from './agent-filter.ts';
import { type AgentRow, rowsOf } from './agent-row.ts';
import { useAgentActions } from './use-agent-actions.tsx';
import { useToday } from './use-agent-facts.ts';
import { type AgentList, useAgentList } from './use-agent-list.ts';
import { keepView, keptView, type View } from './view.ts';

const TABLE = later(async () => (await import('./agents-table.tsx')).AgentsTable);
/** What fills a large screen: more would only make the page slow. */
const PAGE_SIZE = 24;

const CreateButton = () => (
  <Button variant="primary" href="/agents/new" onFollow={follow}>
    Create agent
  </Button>
);

const Empty = () => (
  <Box textAlign="center" padding="l">
    <SpaceBetween size="m">
      <Box variant="h3" tagOverride="h2">
        No agents yet
      </Box>
      <Box variant="p" color="text-body-secondary">
        Write down how your business works, add your documents, and an agent answers for it.
      </Box>
      <CreateButton />
    </SpaceBetween>
  </Box>
);

const NoMatch = ({ onClear }: { readonly onClear: () => void }) => (
  <Box textAlign="center" padding="l">
    <SpaceBetween size="m">
      <Box variant="h3" tagOverride="h2">
        No agent matches
      </Box>
      <Button onClick={onClear}>Clear the filter</Button>
    </SpaceBetween>
  </Box>
);

/** Rows filtered, sorted and cut into pages; the filter lives in the address. */
function useRows(list: AgentList) {
  const [query, change] = useQueryString();
  const today = useToday();
  const rows = useMemo(() => rowsOf(list.agents, today), [list.agents, today]);
  const setFilter = (filter: Parameters<typeof writeFilter>[0]) => change({ filter: writeFilter(filter) });
  const collection = useCollection(rows, {
    propertyFiltering: {
      filteringProperties: FILTER_PROPERTIES,
      defaultQuery: readFilter(query.get('filter')),
      empty: <Empty />,
      noMatch: <NoMatch onClear={() => collection.actions.setPropertyFiltering({ tokens: [], operation: 'and' })} />,
    },
    pagination: { pageSize: PAGE_SIZE },
    sorting: {},
  });
  return { ...collection, setFilter };
}

function Toolbar({ view, onView }: { readonly view: View; readonly onView: (view: View) => void }) {
  return (
    <SpaceBetween size="xs" direction="horizontal" alignItems="end">
      <SegmentedControl
        selectedId={view}
        label="How agents are shown"
        options={[
          { id: 'cards', text: 'Cards' },
          { id: 'table', text: 'Table' },
        ]}
        onChange={({ detail }) => onView(detail.selectedId === 'table' ? 'table' : 'cards')}
      />
      <CreateButton />
    </SpaceBetween>
  );
}

/** The page “Agents”. */
export function AgentsPage() {
  const list = useAgentList();
  const [view, setView] = useState<View>(keptView);
  const actions = useAgentActions();
  const { items, collectionProps, propertyFilterProps, paginationProps, filteredItemsCount, setFilter } = useRows(list);
  const context = { ask: actions.ask };
  // Until it is there, agents are shown as cards.
  const AgentsTable = useLater(view === 'table' ? TABLE : undefined);
  if (list.error !== null && list.agents.length === 0) {
    return (
      <SpaceBetween size="l">
        <Header variant="h1">Agents</Header>
        <ProblemAlert error={list.error} retry={list.reload} />
      </SpaceBetween>
    );
  }
  const count = list.isPending ? '' : `(${list.agents.length.toLocaleString('en-US')}${list.isLoadingMore ? '+' : ''})`;
  const common = {
    variant: 'full-page' as const,
    stickyHeader: true,
    loading: list.isPending,
    loadingText: 'Loading your agents',
    trackBy: ({ agent }: AgentRow) => agent.agentId,
    items,
    header: (
      <Header
        variant="h1"
        counter={count}
        actions={
          <Toolbar
            view={view}
            onView={(next) => {
              setView(next);
              keepView(next);
            }}
          />
        }
      >
        Agents
      </Header>
    ),
    filter: (
      <PropertyFilter
        {...propertyFilterProps}
        filteringOptions={FILTER_OPTIONS}
        filteringPlaceholder="Find agents by name, status, type, channel or number"
        filteringAriaLabel="Find agents"
        countText={`${filteredItemsCount ?? 0} ${filteredItemsCount === 1 ? 'agent' : 'agents'}`}
        expandToViewport
        onChange={(event) => {
          propertyFilterProps.onChange(event);
          setFilter(event.detail);
        }}
      />
    ),
    pagination: <Pagination {...paginationProps} ariaLabels={PAGINATION_LABELS} />,
  };
  return (
    <>
      {list.error !== null && <ProblemAlert error={list.error} retry={list.reload} />}
      <Shown>
        {AgentsTable === undefined ? (
          <Cards
            {...collectionProps}
            {...common}
            cardDefinition={agentCard(context)}
            cardsPerRow={[{ cards: 1 }, { minWidth: 600, cards: 2 }, { minWidth: 1000, cards: 3 }]}
            ariaLabels={{ itemSelectionLabel: () => '', selectionGroupLabel: '' }}
          />
        ) : (
          <AgentsTable {...collectionProps} {...common} context={context} />
        )}
      </Shown>
      {actions.dialog}
    </>
  );
}

const Shown = ({ children }: { readonly children: ReactNode }) => <div data-page="agents">{children}</div>;

const PAGINATION_LABELS = {
  nextPageLabel: 'Next page',
  previousPageLabel: 'Previous page',
  pageLabel: (page: number) => `Page ${page}`,
};
