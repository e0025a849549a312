import { randomUUID } from 'node:crypto';
import { costOfTransport, NO_TRANSPORT } from '../../shared/calls/prices.ts';
import { jsonLog } from '../../shared/kernel/log.ts';
import { type DirectCalls, directCalls } from '../../shared/voice/direct/direct-calls.ts';
import { withWishes } from '../../shared/voice/direct/with-wishes.ts';
import { callEngines } from '../../shared/voice/engines/call-engines.ts';
import type { EngineDependencies } from '../../shared/voice/engines/engines.ts';
import { EngineError } from '../../shared/voice/engines/speech-engine.ts';
import {
  type CallBriefing,
  type CallKeeper,
  FencedError,
  type OwnerClaim,
} from '../../shared/voice/keeper/call-keeper.ts';
import { type RecordingStore, wavRecorder } from '../../shared/voice/relay/recorder.ts';
import type { AgentBrain } from '../../shared/voice/session/agent-brain.ts';
import type { SessionClock } from '../../shared/voice/session/clock.ts';
import { runVoiceSession } from '../../shared/voice/session/run-voice-session.ts';
import type { Pricing } from '../../shared/voice/session/session-ports.ts';

export interface VoiceDependencies {
  readonly brain: (briefing: CallBriefing) => AgentBrain;
  readonly keeper: (claim: OwnerClaim) => { readonly keeper: CallKeeper; readonly recordings: RecordingStore };
  readonly speechModelId: string;
  readonly textModelId: string;
  readonly clock: SessionClock;
  /** What this process has used since it began; AgentCore bills CPU that was used, and memory while the session lives. */
  readonly used: () => { readonly cpuMs: number; readonly memoryGb: number };
  /** Aborts when this process is asked to go. */
  readonly signal: AbortSignal;
}

/** AgentCore ends a streaming connection after an hour (quotas of AgentCore Runtime, 2026-11). */
const MAX_CONNECTION_MS = 3_600_000;

/** Calls that this agent holds by itself: the session owner, with its own brain in process. */
export const voiceCalls = (deps: VoiceDependencies): DirectCalls => {
  const { clock, signal } = deps;
  const speech: EngineDependencies = {
    clock,
    id: randomUUID,
    apiKey: () => Promise.reject(new EngineError('denied', 'Keys of providers are not kept in an agent’s runtime.')),
    defaultTextModelId: deps.textModelId,
    sonicModelId: deps.speechModelId,
  };
  return directCalls({
    clock,
    maxConnectionMs: MAX_CONNECTION_MS,
    failed: (callId, error) => jsonLog('voice.session.crashed', { callId }, error),
    runCall: async ({ transport, claim, start }) => {
      const { engines, ofUsage } = callEngines(() => speech, clock.now);
      const { keeper, recordings } = deps.keeper(claim);
      const outcome = await runVoiceSession({
        callId: claim.callId,
        epoch: claim.epoch,
        keeper: withWishes(keeper, start),
        openRecorder: (recording) => wavRecorder(recordings, { ...recording, nowMs: clock.now() }),
        connect: async () => transport,
        engines,
        brain: deps.brain,
        pricing: { ofUsage, ofCarriage: carriageOf(deps) },
        clock,
        log: jsonLog,
        signal,
        deadlineMs: undefined,
      });
      // The call goes on elsewhere: its client finds it over the relay.
      if (outcome.how !== 'ended') throw new FencedError(claim.callId);
    },
  });
};

const carriageOf = ({ clock, used }: VoiceDependencies): Pricing['ofCarriage'] => {
  const before = used().cpuMs;
  return ({ elapsedMs }) => {
    const { cpuMs, memoryGb } = used();
    const counters = { ...NO_TRANSPORT, agentCoreVcpuMs: cpuMs - before, agentCoreGbMs: elapsedMs * memoryGb };
    return costOfTransport(counters, clock.now());
  };
};
