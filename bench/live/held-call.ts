/**
 * A call that is held by the product's own owner, keeper and stores over the embedded DynamoDB, in this process and on
 * its clock. Model, agent and caller's line answer at once: what is left is ours.
 */
import { silence } from '../../audio/format.ts';
import { dynamoAgentStore } from '../../shared/agents/agents-dynamodb.ts';
import type {
  EngineEvent,
  EngineInput,
  EngineSettings,
  EngineStream,
  SpeechEngine,
} from '../../shared/voice/engines/speech-engine.ts';
import { sessionKeeper } from '../../shared/voice/keeper/session-keeper.ts';
import { systemSessionClock } from '../../shared/voice/relay/system-session-clock.ts';
import { NO_COST } from '../../shared/voice/session/call-cost.ts';
import { runVoiceSession } from '../../shared/voice/session/run-voice-session.ts';
import type { InboundMessage, OutboundMessage, VoiceTransport } from '../../shared/voice/session/transport.ts';
import { TABLES } from '../../test/access/support/tables.ts';
import { draftOf, newCallId, startStores } from '../../test/voice/stores/support.ts';
import { asyncQueue } from '../../test/voice/support/async-queue.ts';

const PCM = { encoding: 'pcm16', sampleRateHertz: 24_000 } as const;
const SPOKEN_MS = 400;

/** How often an owner looks (`shared/voice/session/look-loop.ts`). */
export const LOOK_MS = 1000;

/** Something that passed, and when (milliseconds of the process). */
export interface Noted<What> {
  readonly what: What;
  readonly atMs: number;
}

export interface HeldCall {
  readonly stores: Awaited<ReturnType<typeof startStores>>;
  readonly say: (message: InboundMessage) => void;
  /** The next input of the model that this is said of, from now on. */
  readonly fed: (isIt: (input: EngineInput) => boolean) => Promise<Noted<EngineInput>>;
  /** The next stream to the model that is asked for, from now on. */
  readonly opened: (isIt: (settings: EngineSettings) => boolean) => Promise<Noted<EngineSettings>>;
  /** How long it took from the owner's beginning to its agent's first sound, in milliseconds. */
  readonly firstSoundMs: number;
  /** The next message to the caller that this is said of, from now on. */
  readonly told: (isIt: (message: OutboundMessage) => boolean) => Promise<Noted<OutboundMessage>>;
  readonly stop: () => Promise<void>;
}

/** Who waits for what passes. */
function noticeBoard<What>() {
  const waiting = new Set<(what: What) => void>();
  return {
    note: (what: What): void => {
      for (const look of waiting) look(what);
    },
    next: (isIt: (what: What) => boolean): Promise<Noted<What>> =>
      new Promise((resolve) => {
        const look = (what: What): void => {
          if (!isIt(what)) return;
          waiting.delete(look);
          resolve({ what, atMs: performance.now() });
        };
        waiting.add(look);
      }),
  };
}

/** Says what it is told to at once, and answers nothing. */
function instantEngine(
  note: (input: EngineInput) => void,
  noteOpening: (settings: EngineSettings) => void,
): SpeechEngine {
  return {
    name: 'nova-sonic',
    inputFormats: [PCM],
    outputFormats: [PCM],
    open: async (settings, signal): Promise<EngineStream> => {
      noteOpening(settings);
      const events = asyncQueue<EngineEvent>();
      signal.addEventListener('abort', events.end);
      let responses = 0;
      return {
        events: events.items,
        send: (input) => {
          note(input);
          if (input.type !== 'say') return;
          responses += 1;
          const responseId = `r${responses}`;
          events.push({ type: 'agent-text', responseId, text: input.text, stage: 'final' });
          events.push({ type: 'audio', responseId, audio: silence(SPOKEN_MS, PCM) });
          events.push({ type: 'response-ended', responseId });
        },
        droppedFrames: () => 0,
        close: async () => events.end(),
      };
    },
  };
}

function memoryLine(note: (message: OutboundMessage) => void) {
  const inbound = asyncQueue<InboundMessage>();
  const transport: VoiceTransport = {
    kind: 'relay',
    input: { encoding: 'pcm16', sampleRateHertz: 16_000 },
    output: PCM,
    messages: inbound.items,
    send: note,
    flush: () => ({ droppedMs: 0 }),
    close: async () => inbound.end(),
    release: async () => inbound.end(),
  };
  return { transport, say: inbound.push, hangUp: inbound.end };
}

const BRAIN = {
  describe: async () => ({ prompt: 'You help.', greeting: 'Hello.', agentName: 'Shop', agentVersion: 1, topics: [] }),
  ask: async () => ({ answer: 'Yes.', handoff: null, clauseIds: [] }),
  search: async () => [],
};

/** Begins a call and waits until its agent has spoken. */
export async function holdCall(): Promise<HeldCall> {
  const stores = await startStores();
  const clock = systemSessionClock();
  const callId = newCallId();
  const inputs = noticeBoard<EngineInput>();
  const outputs = noticeBoard<OutboundMessage>();
  const openings = noticeBoard<EngineSettings>();
  const line = memoryLine(outputs.note);
  const engine = instantEngine(inputs.note, openings.note);
  const rows = draftOf(callId, 'ann', { nowMs: clock.now() });
  await stores.sessions.open({ ...rows, lineUntilMs: clock.now() + 60_000, nowMs: clock.now(), mayWait: false });
  const owners = { summon: async () => undefined };
  const agents = dynamoAgentStore(TABLES, stores.client);
  const keeper = sessionKeeper(
    { sessions: stores.sessions, owners, agents, clock, secret: () => 'secret' },
    { callId, epoch: 1, ownerToken: 'first' },
  );
  const spoken = outputs.next(({ type }) => type === 'audio');
  const beganMs = performance.now();
  const ended = runVoiceSession({
    callId,
    epoch: 1,
    keeper,
    connect: async () => line.transport,
    engines: () => [{ engine, modelId: 'none', voiceFor: ({ voice }) => voice }],
    brain: () => BRAIN,
    pricing: { ofUsage: () => NO_COST, ofCarriage: () => NO_COST },
    clock,
    log: (code, _fields, error) => {
      if (error !== undefined) console.error(code, error);
    },
    signal: new AbortController().signal,
    deadlineMs: undefined,
  });
  const firstSoundMs = (await spoken).atMs - beganMs;
  return {
    stores,
    say: line.say,
    fed: inputs.next,
    opened: openings.next,
    firstSoundMs,
    told: outputs.next,
    stop: async () => {
      line.hangUp();
      await ended;
      await stores.stop();
    },
  };
}
