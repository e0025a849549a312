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
import { allCalls, EXPORTED_CALLS, PAGE_SIZE, useCalls } from './use-calls.ts';
import { useNarrow } from './use-narrow.ts';
import { countOf } from './words.ts';

const CALL_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** The log of all calls of the tenant. */
export function CallsPage() {
  useTitle('Calls');
  const [search, setSearch] = useQueryString();
  const filters = useMemo(() => filtersFrom(search), [search]);
  const agents = useAgents();
  const [page, setPage] = useState(1);
  const { query, calls, isReading } = useCalls(filters, page);
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
  const items = calls.slice((page - 1) * PAGE_SIZE, page * PAGE_SIZE);
  return (
    <ContentLayout
      header={
        <Header
          variant="h1"
          description="Every call with your agents: what was said, what it cost and what happened in it."
          actions={<CallActions filters={filters} refresh={() => void query.refetch()} />}
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
          items={items}
          columnDefinitions={columns}
          trackBy="callId"
          loading={query.isPending || (isReading && items.length === 0)}
          loadingText={isSearch ? 'Looking for calls' : 'Reading calls'}
          stickyHeader
          wrapLines={narrow}
          contentDensity="compact"
          header={
            <Header variant="h2" counter={query.isPending ? '' : counter(calls.length, query.hasNextPage)}>
              {isSearch ? 'Calls found' : 'Newest calls'}
            </Header>
          }
          empty={<NoCalls isNarrowed={Object.keys(filters).length > 0} clear={() => navigate('/calls')} />}
          pagination={
            <Pagination
              currentPageIndex={page}
              pagesCount={Math.max(1, page, Math.ceil(calls.length / PAGE_SIZE))}
              openEnd={query.hasNextPage}
              disabled={isReading}
              ariaLabels={{
                nextPageLabel: 'Older calls',
                previousPageLabel: 'Newer calls',
                pageLabel: (index) => `Page ${index}`,
              }}
              onChange={({ detail }) => setPage(detail.currentPageIndex)}
            />
          }
        />
      </SpaceBetween>
    </ContentLayout>
  );
}

const counter = (count: number, hasMore: boolean): string => `(${count}${hasMore ? '+' : ''})`;

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
  readonly refresh: () => void;
}

function CallActions({ filters, refresh }: ActionsProps) {
  const client = useClient();
  const notify = useNotify();
  const [isExporting, setExporting] = useState(false);
  const exportAs = async (format: ExportFormat): Promise<void> => {
    setExporting(true);
    try {
      const calls = await allCalls(client, filters);
      saveFile(callListFile(calls, format, new Date().toISOString().slice(0, 10)));
      const isCut = calls.length === EXPORTED_CALLS;
      const added = isCut ? ', the newest ones: choose days to export others' : '';
      notify({ type: isCut ? 'warning' : 'success', content: `Exported ${countOf(calls.length, 'call')}${added}.` });
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
