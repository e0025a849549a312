/**
 * The session owner alone, in a process of its own: many calls at once, each with its own session and transport, over
 * sockets that are function calls. Everything an owner does with a frame is done (JSON, schema, window, session, the
 * model's grammar), and so is what the callers do, which counts against it.
 */
import { randomUUID } from 'node:crypto';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ClientSocket, SocketEvents } from '../../shared/voice/direct/client-socket.ts';
import { directCalls } from '../../shared/voice/direct/direct-calls.ts';
import { bedrockSonicConnect } from '../../shared/voice/engines/nova-sonic/nova-sonic-bedrock.ts';
import { novaSonicEngine, type SonicConnect } from '../../shared/voice/engines/nova-sonic/nova-sonic-engine.ts';
import type { SpeechEngine } from '../../shared/voice/engines/speech-engine.ts';
import { systemSessionClock } from '../../shared/voice/relay/system-session-clock.ts';
import { NO_COST } from '../../shared/voice/session/call-cost.ts';
import { runVoiceSession } from '../../shared/voice/session/run-voice-session.ts';
import { callBook } from '../../test/voice/support/call-book.ts';
import { scriptedSonic } from './scripted-sonic.ts';
import { nowUs, stampedFrame, stampOfMessage } from './stamp.ts';
import type { Heard } from './stamped-speech.ts';

export interface OwnerLoad {
  readonly calls: number;
  readonly frameMs: number;
  readonly seconds: number;
  /** `embedded`: the model of the cloud that the environment names. */
  readonly model: 'scripted' | 'embedded';
  /** Instead of the engine's own, so that one need not wait for six minutes. */
  readonly renewal?: { readonly armAfterMs: number; readonly forceAfterMs: number };
}

export interface OwnerResult {
  readonly toModelUs: readonly number[];
  readonly toCallerUs: readonly number[];
  readonly sentFrames: number;
  readonly lostFrames: number;
  readonly repeatedFrames: number;
  /** Longest time in which the model heard nothing new of a call, less a frame's own length. */
  readonly gapMs: number;
  readonly lostAudio: number;
  readonly cpuMs: number;
  readonly wallMs: number;
  /** Heap and buffers, by call. */
  readonly memoryMb: number;
  readonly loopDelayP99Ms: number;
  readonly streams: number;
  /** What went wrong. */
  readonly logs: readonly string[];
}

const WARM_UP_MS = 4000;
const SETTLE_MS = 1500;
const FRAME_BYTES_PER_MS = 32;

interface Ear {
  readonly heard: Heard[];
  readonly audioUs: number[];
  readonly audioSeqs: Map<number, number[]>;
}

/** A caller whose socket is a function call. */
function memoryCaller(id: number, frameMs: number, ear: Ear) {
  let events: SocketEvents | undefined;
  let timer: NodeJS.Timeout | undefined;
  let seq = 0;
  const socket: ClientSocket = {
    send: (text) => {
      const stamp = text.startsWith('{"type":"audio"') ? stampOfMessage(text) : undefined;
      if (!stamp) return;
      ear.audioUs.push(nowUs() - stamp.sentUs);
      const seqs = ear.audioSeqs.get(stamp.source) ?? [];
      ear.audioSeqs.set(stamp.source, seqs);
      seqs.push(stamp.seq);
    },
    bufferedBytes: () => 0,
    ping: () => events?.pong(),
    close: () => queueMicrotask(() => events?.closed()),
    terminate: () => queueMicrotask(() => events?.closed()),
    listen: (to) => {
      events = to;
    },
  };
  const say = (message: object): void => events?.message(Buffer.from(JSON.stringify(message)), false);
  return {
    socket,
    start: () => say({ type: 'session.start', ticket: 'ticket' }),
    talk: () => {
      const startMs = performance.now() + ((id * 7.3) % frameMs);
      let frame = 0;
      const next = (): void => {
        frame += 1;
        timer = setTimeout(next, Math.max(0, startMs + frame * frameMs - performance.now()));
        const stamp = { source: id, seq, sentUs: nowUs() };
        say({ type: 'audio', seq, audio: stampedFrame(stamp, frameMs * FRAME_BYTES_PER_MS).toString('base64') });
        seq += 1;
      };
      timer = setTimeout(next, startMs - performance.now());
    },
    hush: () => clearTimeout(timer),
    nextSeq: () => seq,
    end: () => say({ type: 'session.end' }),
  };
}

const BRAIN = {
  describe: async () => ({ prompt: 'You help.', greeting: 'Hello.', agentName: 'Shop', agentVersion: 1, topics: [] }),
  ask: async () => ({ answer: 'Yes.', handoff: null, clauseIds: [] }),
  search: async () => [],
};

function owner(connect: SonicConnect, load: OwnerLoad, logs: string[]) {
  const clock = systemSessionClock();
  let streams = 0;
  const sonic = novaSonicEngine({ connect, clock, promptName: randomUUID });
  const engine: SpeechEngine = {
    ...sonic,
    ...(load.renewal ? { renewal: load.renewal } : {}),
    open: (settings, signal) => {
      streams += 1;
      return sonic.open(settings, signal);
    },
  };
  const modelId = 'amazon.nova-2-sonic-v1:0';
  const calls = directCalls({
    clock,
    maxConnectionMs: 3_600_000,
    failed: (_callId, error) => logs.push(String(error)),
    runCall: async ({ transport, claim }) => {
      const book = callBook({ clock, settings: { fallback: 'none' } });
      await runVoiceSession({
        callId: claim.callId,
        epoch: 1,
        keeper: book.keeperOf(1, 'start'),
        connect: async () => transport,
        engines: () => [{ engine, modelId, voiceFor: ({ voice }) => voice }],
        brain: () => BRAIN,
        pricing: { ofUsage: () => NO_COST, ofCarriage: () => NO_COST },
        clock,
        log: (code, _fields, error) => {
          if (error !== undefined) logs.push(error instanceof Error ? `${code}: ${error.message}` : code);
        },
        signal: new AbortController().signal,
        deadlineMs: undefined,
      });
    },
  });
  return { calls, streams: () => streams };
}

const heldMb = (): number => {
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / 2 ** 20;
};

async function measure(load: OwnerLoad): Promise<OwnerResult> {
  const ear: Ear = { heard: [], audioUs: [], audioSeqs: new Map() };
  const logs: string[] = [];
  const connect = load.model === 'scripted' ? scriptedSonic((heard) => ear.heard.push(heard)) : bedrockSonicConnect();
  const { calls, streams } = owner(connect, load, logs);
  const beforeMb = heldMb();
  const callers = Array.from({ length: load.calls }, (_, index) => memoryCaller(index + 1, load.frameMs, ear));
  for (const caller of callers) {
    calls.accept(caller.socket, randomUUID());
    caller.start();
    caller.talk();
  }
  await sleep(WARM_UP_MS);
  const memoryMb = (heldMb() - beforeMb) / load.calls;
  const firstSeqs = callers.map((caller) => caller.nextSeq());
  ear.heard.length = 0;
  ear.audioUs.length = 0;
  ear.audioSeqs.clear();
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const [cpu, startMs] = [process.cpuUsage(), performance.now()];
  await sleep(load.seconds * 1000);
  const { user, system } = process.cpuUsage(cpu);
  const wallMs = performance.now() - startMs;
  delay.disable();
  for (const caller of callers) caller.hush();
  await sleep(SETTLE_MS);
  const sent = callers.map((caller, index) => caller.nextSeq() - (firstSeqs[index] ?? 0));
  const result: OwnerResult = {
    ...heardOf(ear.heard, firstSeqs, load.frameMs),
    toCallerUs: ear.audioUs.slice(),
    sentFrames: sent.reduce((sum, frames) => sum + frames, 0),
    lostFrames: 0,
    lostAudio: [...ear.audioSeqs.values()].reduce(
      (sum, seqs) => sum + Math.max(...seqs) - Math.min(...seqs) + 1 - seqs.length,
      0,
    ),
    cpuMs: (user + system) / 1000,
    wallMs,
    memoryMb,
    loopDelayP99Ms: delay.percentile(99) / 1e6,
    streams: streams(),
    logs,
  };
  for (const caller of callers) caller.end();
  await Promise.race([calls.idle(), sleep(5000)]);
  const newFrames = new Set(
    ear.heard.flatMap(([caller, seq]) => (seq >= (firstSeqs[caller - 1] ?? 0) ? [`${caller}:${seq}`] : [])),
  ).size;
  return { ...result, lostFrames: result.sentFrames - newFrames };
}

function heardOf(heard: readonly Heard[], firstSeqs: readonly number[], frameMs: number) {
  const seen = new Set<string>();
  const lastUs = new Map<number, number>();
  const toModelUs: number[] = [];
  let [repeatedFrames, gapMs] = [0, 0];
  for (const [caller, seq, sentUs, heardUs] of heard) {
    if (seq < (firstSeqs[caller - 1] ?? 0)) continue;
    const key = `${caller}:${seq}`;
    if (seen.has(key)) {
      repeatedFrames += 1;
      continue;
    }
    seen.add(key);
    toModelUs.push(heardUs - sentUs);
    gapMs = Math.max(gapMs, (heardUs - (lastUs.get(caller) ?? heardUs)) / 1000 - frameMs);
    lastUs.set(caller, heardUs);
  }
  return { toModelUs, repeatedFrames, gapMs };
}

// Nobody is left who wants to know.
process.once('disconnect', () => process.exit(1));
process.once('message', (load: OwnerLoad) => {
  measure(load).then(
    (result) => process.send?.(result, () => process.exit(0)),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
