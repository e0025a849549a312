import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SegmentedControl from '@cloudscape-design/components/segmented-control';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { saveFile } from '../calls/save-file.ts';
import { useNarrow } from '../calls/use-narrow.ts';
import { asDollars, asSentence } from '../calls/words.ts';
import { TimeChart } from '../charts/time-chart.tsx';
import { useQueryString } from '../shell/location.ts';
import { PageLoading } from '../shell/pages.tsx';
import { ProblemAlert } from '../shell/problem-alert.tsx';
import { useClient } from '../shell/use-client.ts';
import { type Granularity, granularitiesOf, queryOf, rangeFrom, rangeText } from './range.ts';
import { RangePicker } from './range-picker.tsx';
import { chartsOf, isEmpty, keyFigures, type Statistics } from './statistics-charts.ts';
import { statisticsFile } from './statistics-file.ts';

const AGAIN_MS = 60_000;

/** Statistics of one agent, or of all of the tenant's; range and granularity stand in the page's address. */
export function StatisticsPanel({ agentId }: { readonly agentId?: string | undefined }) {
  const client = useClient();
  const [search, setSearch] = useQueryString();
  const range = rangeFrom(search.get('range'));
  const by = search.get('by');
  const wanted: Granularity | undefined = by === 'hour' || by === 'day' ? by : undefined;
  const { data, error, isPending, refetch } = useQuery({
    queryKey: ['statistics', agentId ?? '', rangeText(range), wanted ?? ''],
    queryFn: async ({ signal }) => {
      const query = queryOf(range, wanted, Date.now());
      return agentId === undefined
        ? (await client.call('getStatistics', { query, signal })).data
        : (await client.call('getAgentStatistics', { path: { agentId }, query, signal })).data;
    },
    refetchInterval: AGAIN_MS,
    placeholderData: keepPreviousData,
  });
  const possible = granularitiesOf(range, Date.now());
  return (
    <SpaceBetween size="l">
      <SpaceBetween size="s" direction="horizontal" alignItems="end">
        <RangePicker range={range} choose={(next) => setSearch({ range: rangeText(next) })} />
        {possible.length > 1 && (
          <SegmentedControl
            label="Period"
            selectedId={data?.granularity ?? null}
            options={possible.map((id) => ({ id, text: id === 'hour' ? 'By hour' : 'By day' }))}
            onChange={({ detail }) => setSearch({ by: detail.selectedId })}
          />
        )}
        <Button disabled={data === undefined} onClick={() => data && saveFile(statisticsFile(data))}>
          Export CSV
        </Button>
      </SpaceBetween>
      {error && <ProblemAlert error={error} retry={() => void refetch()} />}
      {isPending && <PageLoading what="Reading statistics" />}
      {data && <Shown statistics={data} />}
    </SpaceBetween>
  );
}

function Shown({ statistics }: { readonly statistics: Statistics }) {
  const charts = useMemo(() => chartsOf(statistics), [statistics]);
  const narrow = useNarrow();
  return (
    <SpaceBetween size="l">
      <Container header={<Header variant="h2">Key figures</Header>}>
        <KeyValuePairs
          columns={4}
          items={keyFigures(statistics).map(([label, value]) => ({
            label,
            value: (
              <Box variant={narrow ? 'h2' : 'awsui-value-large'} tagOverride="span">
                {value}
              </Box>
            ),
          }))}
        />
      </Container>
      {isEmpty(statistics) ? (
        <Box textAlign="center" color="text-body-secondary" padding="l">
          Nobody called or wrote in this time.
        </Box>
      ) : (
        <SpaceBetween size="l">
          <div className="chart-grid">
            {charts.map((chart) => (
              <Container key={chart.title} header={<Header variant="h3">{chart.title}</Header>} fitHeight>
                <TimeChart data={chart} />
              </Container>
            ))}
          </div>
          <ByChannel channels={statistics.totals.byChannel} />
        </SpaceBetween>
      )}
    </SpaceBetween>
  );
}

function ByChannel({ channels }: { readonly channels: Statistics['totals']['byChannel'] }) {
  return (
    <Table
      ariaLabels={{ tableLabel: 'By channel' }}
      header={<Header variant="h2">By channel</Header>}
      items={[...channels]}
      contentDensity="compact"
      columnDefinitions={[
        { id: 'channel', header: 'Channel', isRowHeader: true, cell: ({ channel }) => asSentence(channel) },
        { id: 'calls', header: 'Calls', cell: ({ calls }) => calls },
        { id: 'minutes', header: 'Minutes', cell: ({ minutes }) => minutes.toFixed(1) },
        { id: 'answers', header: 'Answers', cell: ({ answers }) => answers },
        { id: 'cost', header: 'Cost', cell: ({ costMicroUsd }) => asDollars(costMicroUsd) },
      ]}
    />
  );
}
