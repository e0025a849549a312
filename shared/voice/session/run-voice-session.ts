import { type CallBriefing, type Checkpoint, FencedError } from '../keeper/call-keeper.ts';
import { NO_COST } from './call-cost.ts';
import { createFence } from './fence.ts';
import type { SessionDependencies, SessionOutcome } from './session-ports.ts';
import { createSessionRunner } from './session-runner.ts';
import type { VoiceTransport } from './transport.ts';

/**
 * Owns a call from its claim to its end: hears the caller, has the model speak, keeps the record. Resolves when
 * everything is closed and stored, or somebody else owns the call. Throws when the call could not be claimed for any
 * other reason than a newer owner.
 */
export async function runVoiceSession(deps: SessionDependencies): Promise<SessionOutcome> {
  const briefing = await claim(deps);
  if (!briefing) return { how: 'fenced' };
  const fence = createFence(deps, briefing.leaseUntilMs);
  const transport = await connect(deps, briefing);
  if (!transport) return { how: 'ended', reason: 'failed' };
  return createSessionRunner(deps, { briefing, transport, fence }).run();
}

async function claim({ keeper }: SessionDependencies): Promise<CallBriefing | undefined> {
  try {
    return await keeper.claim();
  } catch (error) {
    if (error instanceof FencedError) return undefined;
    throw error;
  }
}

/** Without a line to the caller there is no call: its record is closed, so that the line is free again. */
async function connect(deps: SessionDependencies, briefing: CallBriefing): Promise<VoiceTransport | undefined> {
  try {
    return await deps.connect(briefing);
  } catch (error) {
    deps.log('voice.session.unreachable', { callId: deps.callId, epoch: deps.epoch }, error);
    const checkpoint = briefing.checkpoint ?? emptyCheckpoint(briefing);
    await deps.keeper
      .finish({ status: 'failed', reason: 'failed', checkpoint, entries: [] })
      .catch((failure: unknown) => {
        if (!(failure instanceof FencedError)) throw failure;
      });
    return undefined;
  }
}

const emptyCheckpoint = ({ settings }: CallBriefing): Checkpoint => ({
  turn: 0,
  nextEntry: 0,
  nextAudioSeq: 0,
  history: [],
  unanswered: undefined,
  engine: settings.engine,
  cost: NO_COST,
  client: {
    inputSampleRateHertz: 16_000,
    outputSampleRateHertz: 24_000,
    voice: settings.voice,
    language: settings.language,
    recordingConsent: false,
  },
  handoff: undefined,
});
