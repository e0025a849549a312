import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import ButtonDropdown from '@cloudscape-design/components/button-dropdown';
import ContentLayout from '@cloudscape-design/components/content-layout';
import Header from '@cloudscape-design/components/header';
import Pagination from '@cloudscape-design/components/pagination';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';
import { useCallback, useEffect, useMemo, useState } from 'react';
import { AppLink } from '../shell/app-link.tsx';
import { navigate, useQueryString } from '../shell/location.ts';
import { useNotify } from '../shell/notifications.tsx';
import { ProblemAlert } from '../shell/problem-alert.tsx';
import { useClient } from '../shell/use-client.ts';
import { useTitle } from '../shell/use-title.ts';
import { callColumns } from './call-columns.tsx';
import { callListFile, type ExportFormat } from './call-files.ts';
import { CallFilterBar } from './call-filters.tsx';
import { type CallFilters, filtersFrom } from './filters.ts';
import { saveFile } from './save-file.ts';
import { useAgents } from './use-agents.ts';
import { allCalls, SEARCHED_CALLS, useCalls } from './use-calls.ts';
import { useNarrow } from './use-narrow.ts';
import { countOf } from './words.ts';

const CALL_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** The log of all calls of the tenant. */
export function CallsPage() {
  useTitle('Calls');
  const [search, setSearch] = useQueryString();
  const filters = useMemo(() => filtersFrom(search), [search]);
  const agents = useAgents();
  const { query, pages, found, loaded, isSearching } = useCalls(filters, agents.nameOf);
  const [page, setPage] = useState(1);
  const narrow = useNarrow();
  const columns = useMemo(() => callColumns(agents.nameOf, narrow), [agents.nameOf, narrow]);
  const change = useCallback(
    (changes: Partial<Record<keyof CallFilters, string | undefined>>) => {
      if (changes.words !== undefined && CALL_ID.test(changes.words)) navigate(`/calls/${changes.words.toLowerCase()}`);
      else setSearch(changes);
    },
    [setSearch],
  );
  useEffect(() => {
    // Other filters begin at their first page.
    if (filters) setPage(1);
  }, [filters]);
  const isSearch = filters.words !== undefined;
  const turnTo = async (wanted: number): Promise<void> => {
    if (wanted > pages.length) await query.fetchNextPage();
    setPage(wanted);
  };
  const items = isSearch ? found : (pages[page - 1] ?? []);
  return (
    <ContentLayout
      header={
        <Header
          variant="h1"
          description="Every call with your agents: what was said, what it cost and what happened in it."
          actions={<CallActions filters={filters} nameOf={agents.nameOf} refresh={() => void query.refetch()} />}
        >
          Calls
        </Header>
      }
    >
      <SpaceBetween size="l">
        <CallFilterBar filters={filters} agents={agents} change={change} />
        {query.error && <ProblemAlert error={query.error} retry={() => void query.refetch()} />}
        <Table
          ariaLabels={{ tableLabel: 'Calls' }}
          items={[...items]}
          columnDefinitions={columns}
          trackBy="callId"
          loading={query.isPending}
          loadingText="Reading calls"
          stickyHeader
          wrapLines={narrow}
          contentDensity="compact"
          header={
            <Header
              variant="h2"
              counter={query.isPending ? '' : counter(isSearch ? found.length : loaded, query.hasNextPage)}
            >
              {isSearch ? 'Calls found' : 'Newest calls'}
            </Header>
          }
          empty={<NoCalls isNarrowed={Object.keys(filters).length > 0} clear={() => navigate('/calls')} />}
          footer={isSearch && <SearchFooter loaded={loaded} isSearching={isSearching} />}
          {...(isSearch
            ? {}
            : {
                pagination: (
                  <Pagination
                    currentPageIndex={page}
                    pagesCount={Math.max(1, pages.length)}
                    openEnd={query.hasNextPage}
                    disabled={query.isFetchingNextPage}
                    ariaLabels={{
                      nextPageLabel: 'Older calls',
                      previousPageLabel: 'Newer calls',
                      pageLabel: (index) => `Page ${index}`,
                    }}
                    onChange={({ detail }) => void turnTo(detail.currentPageIndex)}
                  />
                ),
              })}
        />
      </SpaceBetween>
    </ContentLayout>
  );
}

const counter = (count: number, hasMore: boolean): string => `(${count}${hasMore ? '+' : ''})`;

function SearchFooter({ loaded, isSearching }: { readonly loaded: number; readonly isSearching: boolean }) {
  const looked = `Looked through the newest ${countOf(loaded, 'call')}`;
  const limit = loaded >= SEARCHED_CALLS ? ' Choose days to look through others.' : '';
  return <div aria-live="polite">{isSearching ? `${looked}, going on…` : `${looked}.${limit}`}</div>;
}

function NoCalls({ isNarrowed, clear }: { readonly isNarrowed: boolean; readonly clear: () => void }) {
  return (
    <Box textAlign="center" padding={{ vertical: 'l' }}>
      <SpaceBetween size="s">
        <b>{isNarrowed ? 'No calls match' : 'No calls yet'}</b>
        {isNarrowed ? (
          <Button onClick={clear}>Clear filters</Button>
        ) : (
          <span>
            Open an <AppLink href="/agents">agent</AppLink> and talk with it, or give it a{' '}
            <AppLink href="/numbers">telephone number</AppLink>.
          </span>
        )}
      </SpaceBetween>
    </Box>
  );
}

interface ActionsProps {
  readonly filters: CallFilters;
  readonly nameOf: (agentId: string) => string;
  readonly refresh: () => void;
}

function CallActions({ filters, nameOf, refresh }: ActionsProps) {
  const client = useClient();
  const notify = useNotify();
  const [isExporting, setExporting] = useState(false);
  const exportAs = async (format: ExportFormat): Promise<void> => {
    setExporting(true);
    try {
      const calls = await allCalls(client, filters, nameOf);
      saveFile(callListFile(calls, format, new Date().toISOString().slice(0, 10)));
      notify({ type: 'success', content: `Exported ${countOf(calls.length, 'call')}.` });
    } catch (error) {
      notify.problem(error, 'The calls were not exported');
    } finally {
      setExporting(false);
    }
  };
  return (
    <SpaceBetween size="xs" direction="horizontal">
      <Button iconName="refresh" ariaLabel="Read the calls again" onClick={refresh} />
      <ButtonDropdown
        loading={isExporting}
        items={[
          { id: 'csv', text: 'CSV' },
          { id: 'json', text: 'JSON' },
        ]}
        onItemClick={({ detail }) => void exportAs(detail.id === 'json' ? 'json' : 'csv')}
      >
        Export
      </ButtonDropdown>
    </SpaceBetween>
  );
}
