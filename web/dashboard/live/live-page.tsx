import './live.css';
import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import ContentLayout from '@cloudscape-design/components/content-layout';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { useCallback, useContext, useEffect, useSyncExternalStore } from 'react';
import { useNarrow } from '../calls/use-narrow.ts';
import { AppLink } from '../shell/app-link.tsx';
import { navigate, ParametersContext, useQueryString } from '../shell/location.ts';
import { type FeedState, useFeed } from '../shell/use-feed.ts';
import { useTitle } from '../shell/use-title.ts';
import { LiveCallPanel } from './live-call-panel.tsx';
import { LiveRow } from './live-row.tsx';
import type { LiveStore } from './live-store.ts';
import { useLiveCalls } from './use-live.ts';

/** The words of so many calls run at a time: a connection may watch 50 topics. */
const MOST_WATCHED = 30;

/** The calls that go on, and one of them in hand. */
export function LivePage() {
  useTitle('Live');
  const { callId: fromPath } = useContext(ParametersContext);
  const [search, setSearch] = useQueryString();
  const chosen = fromPath ?? search.get('call') ?? undefined;
  // One address for the page, so that choosing another call leaves the page as it is.
  useEffect(() => {
    if (fromPath !== undefined) navigate(`/live?call=${fromPath}`, { replace: true });
  }, [fromPath]);
  const { store, feed } = useLiveCalls(chosen);
  const callIds = useSyncExternalStore(store.subscribe, store.callIds);
  const choose = useCallback((callId: string | undefined) => setSearch({ call: callId }), [setSearch]);
  return (
    <ContentLayout
      header={
        <Header
          variant="h1"
          description="Watch calls as they happen and take part in them."
          actions={<FeedSign state={feed} />}
        >
          Live
        </Header>
      }
    >
      {callIds
        .slice(0, MOST_WATCHED)
        .map((callId) => callId !== chosen && <Watch key={callId} callId={callId} store={store} />)}
      <div className={`live-grid${chosen === undefined ? '' : ' live-grid-one'}`}>
        <CallList store={store} callIds={callIds} chosen={chosen} choose={choose} feed={feed} />
        {chosen !== undefined && <Chosen key={chosen} store={store} callId={chosen} feed={feed} choose={choose} />}
      </div>
    </ContentLayout>
  );
}

function FeedSign({ state }: { readonly state: FeedState }) {
  return (
    <span role="status">
      {state === 'live' ? (
        <StatusIndicator type="success">Live</StatusIndicator>
      ) : (
        <StatusIndicator type="loading">{state === 'connecting' ? 'Connecting' : 'Not connected'}</StatusIndicator>
      )}
    </span>
  );
}

/** Watches what is said in one call; draws nothing. */
function Watch({ store, callId }: { readonly store: LiveStore; readonly callId: string }) {
  useFeed([`call:${callId}`], store.receive);
  return null;
}

interface ListProps {
  readonly store: LiveStore;
  readonly callIds: readonly string[];
  readonly chosen: string | undefined;
  readonly choose: (callId: string) => void;
  readonly feed: FeedState;
}

function CallList({ store, callIds, chosen, choose, feed }: ListProps) {
  return (
    <div className="live-list">
      <SpaceBetween size="s">
        <Header variant="h2" counter={`(${callIds.length})`}>
          Calls now
        </Header>
        {callIds.length === 0 && <NoCalls isKnown={feed === 'live'} />}
        <ul aria-label="Calls now">
          {callIds.map((callId) => (
            <LiveRow key={callId} store={store} callId={callId} isChosen={callId === chosen} choose={choose} />
          ))}
        </ul>
      </SpaceBetween>
    </div>
  );
}

function NoCalls({ isKnown }: { readonly isKnown: boolean }) {
  if (!isKnown) return <StatusIndicator type="loading">Looking for calls</StatusIndicator>;
  return (
    <Box color="text-body-secondary">
      Nobody is on the line. A call appears here as soon as it begins; those that are over are in the{' '}
      <AppLink href="/calls">log</AppLink>.
    </Box>
  );
}

interface ChosenProps {
  readonly store: LiveStore;
  readonly callId: string;
  readonly feed: FeedState;
  readonly choose: (callId: string | undefined) => void;
}

/** The call in hand. */
function Chosen({ store, callId, feed, choose }: ChosenProps) {
  const narrow = useNarrow();
  useFeed([`call:${callId}`], store.receive);
  return (
    <SpaceBetween size="m">
      {narrow && (
        <Button iconName="angle-left" onClick={() => choose(undefined)}>
          All calls
        </Button>
      )}
      {feed === 'connecting' && (
        <Alert type="info">The connection is being made. What happens meanwhile follows as soon as it is there.</Alert>
      )}
      <LiveCallPanel store={store} callId={callId} fallback={<NotLive callId={callId} isKnown={feed === 'live'} />} />
    </SpaceBetween>
  );
}

function NotLive({ callId, isKnown }: { readonly callId: string; readonly isKnown: boolean }) {
  return (
    <Container header={<Header variant="h2">Call</Header>}>
      {isKnown ? (
        <Box>
          This call does not go on. What happened in it is in the <AppLink href={`/calls/${callId}`}>log</AppLink>.
        </Box>
      ) : (
        <StatusIndicator type="loading">Looking for the call</StatusIndicator>
      )}
    </Container>
  );
}
