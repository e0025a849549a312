import type { EngineErrorKind } from '../engines/speech-engine.ts';
import { change, type Draft, journal, tell } from './draft.ts';
import { fail } from './ending.ts';
import { phrasesOf } from './phrases.ts';
import { SESSION_LIMITS } from './session-limits.ts';
import type { RenewalCause } from './session-state.ts';
import { sayPhrase } from './speech.ts';
import { dropCurrent, openNext, releaseExtraLine } from './streams.ts';
import { wishFailed } from './switching.ts';

/*
 * What becomes of a call when a stream to the model fails.
 */

/** A stream could not be opened, broke, or came to its own end. */
export function streamFailed(draft: Draft, id: number, kind: EngineErrorKind): void {
  const { current, next } = draft.state.streams;
  if (next?.id === id) {
    openingFailed(draft, kind);
    return;
  }
  if (current?.id !== id) return;
  const lived = draft.nowMs - current.openedAtMs;
  if (lived >= SESSION_LIMITS.soundStreamMs) change(draft, 'streams', { failures: 0 });
  dropCurrent(draft);
  // The stream that is being opened anyway takes its place.
  if (draft.state.streams.next) return;
  if (kind === 'filtered') apologise(draft);
  recover(draft, kind);
}

function openingFailed(draft: Draft, kind: EngineErrorKind): void {
  const { current, next } = draft.state.streams;
  change(draft, 'streams', { next: undefined });
  const wasWished = next?.cause === 'switch' || next?.cause === 'settings';
  if (wasWished) wishFailed(draft);
  if (wasWished && current) return;
  if (!current) {
    recover(draft, kind);
    return;
  }
  // The old stream still talks: its renewal waits a little.
  const failures = draft.state.streams.failures + 1;
  change(draft, 'streams', { failures, retry: { atMs: draft.nowMs + backoff(failures), cause: 'age' } });
}

/** The refused question must not be put to the next stream again: the apology is its answer. */
function apologise(draft: Draft): void {
  change(draft, 'talk', { unanswered: undefined });
  change(draft, 'streams', { apology: true });
}

/** The model refused, and its stream lives on. */
export function refused(draft: Draft): void {
  change(draft, 'talk', { unanswered: undefined });
  sayPhrase(draft, phrasesOf(draft.state.client.language).filtered);
}

function recover(draft: Draft, kind: EngineErrorKind): void {
  if (kind === 'invalid' || kind === 'denied') {
    fallBack(draft, kind);
    return;
  }
  const { failures } = draft.state.streams;
  const cause = causeOf(kind);
  if (failures >= SESSION_LIMITS.maxFailures) {
    fallBack(draft, kind);
    return;
  }
  change(draft, 'streams', { failures: failures + 1 });
  const isOwnEnd = kind === 'idle' || kind === 'expired' || kind === 'filtered';
  if (isOwnEnd && failures === 0) {
    openNext(draft, startCause(draft, cause));
    return;
  }
  change(draft, 'streams', { retry: { atMs: draft.nowMs + backoff(failures), cause: startCause(draft, cause) } });
}

const backoff = (failures: number): number =>
  SESSION_LIMITS.backoffMs[Math.min(failures, SESSION_LIMITS.backoffMs.length - 1)] ?? 0;

const causeOf = (kind: EngineErrorKind): RenewalCause => {
  if (kind === 'idle') return 'idle';
  return kind === 'expired' ? 'age' : 'error';
};

/** Before the first word a second try is no renewal. */
const startCause = ({ state }: Draft, cause: RenewalCause): RenewalCause =>
  state.phase === 'opening' ? 'start' : cause;

/** The next engine takes over for the rest of the call; without one the call is lost. */
function fallBack(draft: Draft, kind: EngineErrorKind): void {
  const { streams, setup, phase } = draft.state;
  const from = setup.engines[streams.engine]?.name;
  const own = setup.engines[streams.engine]?.cast;
  const next = setup.engines[streams.engine + 1];
  const to = next?.cast === own ? next?.name : undefined;
  if (!from || !to) {
    fail(draft, {
      code: 'engine-unavailable',
      title: 'The agent cannot speak',
      detail: 'The speech service could not be reached. Call again in a few minutes.',
    });
    return;
  }
  releaseExtraLine(draft);
  change(draft, 'streams', { engine: streams.engine + 1, failures: 0 });
  journal(draft, { kind: 'engine-change', from, to, reason: kind });
  if (phase !== 'opening') {
    tell(draft, { type: 'warning', code: 'engine-changed', message: `The call goes on with another voice (${to}).` });
  }
  openNext(draft, phase === 'opening' ? 'start' : 'engine');
}
