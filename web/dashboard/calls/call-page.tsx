import './calls.css';
import Box from '@cloudscape-design/components/box';
import ButtonDropdown from '@cloudscape-design/components/button-dropdown';
import Container from '@cloudscape-design/components/container';
import ContentLayout from '@cloudscape-design/components/content-layout';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useQuery } from '@tanstack/react-query';
import { useCallback, useMemo, useRef, useState } from 'react';
import { AppLink } from '../shell/app-link.tsx';
import { useParameter } from '../shell/location.ts';
import { PageLoading } from '../shell/pages.tsx';
import { ProblemAlert } from '../shell/problem-alert.tsx';
import { useClient } from '../shell/use-client.ts';
import { useTitle } from '../shell/use-title.ts';
import { withWhom } from './call-columns.tsx';
import { callFile } from './call-files.ts';
import { CallStatus } from './call-status.tsx';
import type { CallRecord } from './call-types.ts';
import { CostByLeg } from './cost-by-leg.tsx';
import { recordedParts } from './recording.ts';
import { type PlayerHandle, RecordingPlayer } from './recording-player.tsx';
import { saveFile } from './save-file.ts';
import { lengthOf, type StoryLine, storyOf } from './story.ts';
import { lineAt, StoryList } from './story-list.tsx';
import { TimelinePicture } from './timeline-picture.tsx';
import { useAgents } from './use-agents.ts';
import { useOperatorName } from './use-operator-name.ts';
import { asClock, asLatency, asMoment, asSentence, NOTHING } from './words.ts';

/** A call that goes on is read again this often. */
const AGAIN_MS = 3000;
const isOpen = ({ status }: CallRecord): boolean => status !== 'completed' && status !== 'failed';

/** One call with all that happened in it. */
export function CallPage() {
  const callId = useParameter('callId');
  const client = useClient();
  const { data, error, isPending, refetch } = useQuery({
    queryKey: ['call', callId],
    queryFn: async ({ signal }) => (await client.call('getCall', { path: { callId }, signal })).data,
    refetchInterval: (query) => (query.state.data && isOpen(query.state.data) ? AGAIN_MS : false),
    // New addresses of a recording would begin its playing anew.
    refetchOnWindowFocus: false,
  });
  useTitle('Call');
  if (isPending) return <PageLoading what="Reading the call" />;
  if (data === undefined) return <ProblemAlert error={error} retry={() => void refetch()} />;
  return <CallDetails call={data} refresh={() => void refetch()} />;
}

function CallDetails({ call, refresh }: { readonly call: CallRecord; readonly refresh: () => void }) {
  const nameOf = useOperatorName();
  const lines = useMemo(() => storyOf(call, nameOf), [call, nameOf]);
  const parts = useMemo(() => recordedParts(call), [call]);
  const player = useRef<PlayerHandle>(null);
  const [playedMs, setPlayedMs] = useState<number>();
  const play = useCallback((atMs: number) => player.current?.playFrom(atMs), []);
  const hasSound = parts.length > 0;
  const choose = (line: StoryLine): void => {
    if (hasSound) play(line.fromMs);
    else setPlayedMs(line.fromMs);
  };
  const now = playedMs === undefined ? undefined : lineAt(lines, playedMs);
  return (
    <ContentLayout header={<CallHeader call={call} />}>
      <SpaceBetween size="l">
        <Container header={<Header variant="h2">Overview</Header>}>
          <Overview call={call} />
        </Container>
        <Container header={<Header variant="h2">Timeline</Header>}>
          <SpaceBetween size="m">
            {hasSound && (
              <RecordingPlayer ref={player} parts={parts} lines={lines} played={setPlayedMs} expired={refresh} />
            )}
            <TimelinePicture lines={lines} lengthMs={lengthOf(call, lines)} playedMs={playedMs} choose={choose} />
          </SpaceBetween>
        </Container>
        <Container
          header={
            <Header
              variant="h2"
              description={hasSound ? 'Choose a line to hear the recording from there.' : 'This call was not recorded.'}
            >
              Transcript
            </Header>
          }
        >
          {lines.length === 0 ? (
            <Box color="text-body-secondary">Nothing was said{isOpen(call) ? ' yet' : ''}.</Box>
          ) : (
            <StoryList lines={lines} nowId={now?.id} play={hasSound ? play : undefined} />
          )}
        </Container>
        <Container header={<Header variant="h2">Cost</Header>}>
          <CostByLeg cost={call.cost} />
        </Container>
        {call.contextOverride !== null && (
          <Container header={<Header variant="h2">Context of this call</Header>}>
            <pre className="call-context">{JSON.stringify(call.contextOverride, null, 2)}</pre>
          </Container>
        )}
      </SpaceBetween>
    </ContentLayout>
  );
}

function CallHeader({ call }: { readonly call: CallRecord }) {
  return (
    <Header
      variant="h1"
      description={<>Call {call.callId}</>}
      actions={
        <SpaceBetween size="xs" direction="horizontal">
          {isOpen(call) && <AppLink href={`/live/${call.callId}`}>Watch it live</AppLink>}
          <ButtonDropdown
            items={[
              { id: 'csv', text: 'CSV' },
              { id: 'json', text: 'JSON' },
            ]}
            onItemClick={({ detail }) => saveFile(callFile(call, detail.id === 'json' ? 'json' : 'csv'))}
          >
            Export
          </ButtonDropdown>
        </SpaceBetween>
      }
    >
      {asMoment(call.createdAtMs)}
    </Header>
  );
}

function Overview({ call }: { readonly call: CallRecord }) {
  const { nameOf } = useAgents();
  return (
    <KeyValuePairs
      columns={4}
      items={[
        { label: 'Status', value: <CallStatus status={call.status} /> },
        { label: 'Agent', value: <AppLink href={`/agents/${call.agentId}`}>{nameOf(call.agentId)}</AppLink> },
        { label: 'With', value: withWhom(call) },
        { label: 'Length', value: call.durationMs === null ? NOTHING : asClock(call.durationMs) },
        { label: 'Ended because', value: call.failure ?? (call.endReason ? asSentence(call.endReason) : NOTHING) },
        { label: 'Answer latency, median', value: asLatency(call.latency.p50Ms) },
        { label: 'Answer latency, p95', value: asLatency(call.latency.p95Ms) },
        { label: 'Turns', value: call.turns },
        { label: 'Interruptions', value: call.interruptions },
        { label: 'Renewals of the stream', value: call.renewals },
        { label: 'Heard and spoken by', value: call.engine ?? NOTHING },
        { label: 'Passed on to a person', value: call.handoff === null ? 'No' : call.handoff.reason },
      ]}
    />
  );
}
