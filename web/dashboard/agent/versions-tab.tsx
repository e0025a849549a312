import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator, { type StatusIndicatorProps } from '@cloudscape-design/components/status-indicator';
import Table from '@cloudscape-design/components/table';
import { useInfiniteQuery } from '@tanstack/react-query';
import type { ItemOf } from '../../../client/index.ts';
import { asDay } from '../agents/words.ts';
import { NOTHING } from '../calls/words.ts';
import { useQueryString } from '../shell/location.ts';
import { ProblemAlert } from '../shell/problem-alert.tsx';
import { useClient } from '../shell/use-client.ts';
import type { TabProps } from './tabs.ts';
import { useShownVersion } from './use-version.ts';

type Version = ItemOf<'listAgentVersions'>;

const KINDS: Readonly<Record<Version['status'], StatusIndicatorProps.Type>> = {
  active: 'success',
  approved: 'stopped',
  building: 'in-progress',
  rejected: 'error',
};

const WORDS: Readonly<Record<Version['status'], string>> = {
  active: 'Answers',
  approved: 'Approved, not in force',
  building: 'Being built',
  rejected: 'Never approved',
};

/** All versions; one can be looked at in the tabs of SOP and code. */
export function VersionsTab({ read: { agent } }: TabProps) {
  const client = useClient();
  const [, change] = useQueryString();
  const shown = useShownVersion(agent);
  const { agentId } = agent;
  const { data, error, isPending, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey: ['versions', agentId, agent.status, agent.version, agent.activeVersion],
    initialPageParam: '',
    queryFn: async ({ pageParam, signal }) => {
      const query = pageParam === '' ? {} : { cursor: pageParam };
      return (await client.call('listAgentVersions', { path: { agentId }, query, signal })).data;
    },
    getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
  });
  if (error) return <ProblemAlert error={error} retry={() => void refetch()} />;
  const look = (tab: string, version: number) => change({ tab, version: String(version) }, { push: true });
  return (
    <Table
      header={
        <Header
          variant="h2"
          description="Each change of SOP or files is a version. The newest that was activated answers."
        >
          Versions
        </Header>
      }
      loading={isPending}
      loadingText="Reading the versions"
      items={data?.pages.flatMap(({ versions }) => versions) ?? []}
      trackBy={({ version }) => String(version)}
      ariaLabels={{ tableLabel: 'Versions' }}
      columnDefinitions={[
        {
          id: 'version',
          header: 'Version',
          isRowHeader: true,
          cell: ({ version }) => (
            <>
              {version} {version === shown && <Box variant="small">(shown)</Box>}
            </>
          ),
        },
        {
          id: 'status',
          header: 'Status',
          cell: ({ status }) => <StatusIndicator type={KINDS[status]}>{WORDS[status]}</StatusIndicator>,
        },
        {
          id: 'approved',
          header: 'Approved',
          cell: ({ approvedAt }) => (approvedAt === null ? NOTHING : asDay(approvedAt)),
        },
        { id: 'attempts', header: 'Attempts', cell: ({ attempts }) => attempts },
        {
          id: 'look',
          header: 'Look at',
          cell: ({ version }) => (
            <SpaceBetween size="xs" direction="horizontal">
              <Button
                variant="inline-link"
                ariaLabel={`Clauses of version ${version}`}
                onClick={() => look('sop', version)}
              >
                Clauses
              </Button>
              <Button
                variant="inline-link"
                ariaLabel={`Code of version ${version}`}
                onClick={() => look('code', version)}
              >
                Code
              </Button>
            </SpaceBetween>
          ),
        },
      ]}
      footer={
        hasNextPage && (
          <Button loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            Older versions
          </Button>
        )
      }
    />
  );
}
