import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type Cloud, startCloud } from '../../../local/cloud.ts';
import type { Ear, EarEvent, EarOptions, Speech } from '../../../local/speech/speech.ts';
import { textOnlySpeech } from '../../../local/speech/text-only.ts';
import { bedrockSonicConnect } from '../../../shared/voice/engines/nova-sonic/nova-sonic-bedrock.ts';
import { novaSonicEngine } from '../../../shared/voice/engines/nova-sonic/nova-sonic-engine.ts';
import type { EngineEvent, EngineStream, SpeechEngine } from '../../../shared/voice/engines/speech-engine.ts';
import { asyncQueue } from '../support/async-queue.ts';
import { scriptedCall } from '../support/scripted-call.ts';
import { understood } from '../support/spoken-frames.ts';

const MINUTE = 60_000;
const CALL_MS = 17 * MINUTE;
/** The session says goodbye to a caller who is silent for three times 30 s. */
const QUESTION_EVERY_MS = 75_000;
const STEP_MS = 100;
/** The model's own deadline. */
const MODEL_DEADLINE_MS = 8 * MINUTE;

interface WatchedEar {
  heardBytes: number;
}

interface WatchedStream {
  readonly openedAtMs: number;
  readonly stream: EngineStream;
  sentBytes: number;
  endedAtMs?: number;
}

const ears: WatchedEar[] = [];
const streams: WatchedStream[] = [];
const failures: unknown[] = [];
let opening = 0;

/** First word of a spoken frame (test/voice/support/spoken-frames.ts). */
const MAGIC = 0x5afe;

/** Understands spoken frames wherever in the audio they are, as they were cut into other pieces on their way. */
function openEar({ sampleRateHertz, endOfTurnMs }: EarOptions): Ear {
  const events = asyncQueue<EarEvent>();
  const watched: WatchedEar = { heardBytes: 0 };
  ears.push(watched);
  let heard = new Map<number, Set<number>>();
  let lastVoiceMs = 0;
  const nowMs = (): number => watched.heardBytes / ((sampleRateHertz * 2) / 1000);
  const accept = (pcm: Uint8Array): void => {
    watched.heardBytes += pcm.length;
    const samples = new Uint16Array(new Uint8Array(pcm).buffer);
    for (let at = samples.indexOf(MAGIC); at >= 0 && at + 3 < samples.length; at = samples.indexOf(MAGIC, at + 1)) {
      const id = (samples[at + 1] ?? 0) + (samples[at + 2] ?? 0) * 0x10000;
      if (heard.size === 0) events.push({ type: 'speech-started', atMs: nowMs() });
      heard.set(id, (heard.get(id) ?? new Set()).add(samples[at + 3] ?? 0));
      lastVoiceMs = nowMs();
    }
    if (heard.size === 0 || nowMs() - lastVoiceMs < endOfTurnMs) return;
    const text = [...heard].map(([id, frames]) => understood(id, frames)).join(' ');
    heard = new Map();
    events.push({ type: 'utterance', text, startMs: 0, endMs: lastVoiceMs, atMs: nowMs() });
  };
  return { accept, events: events.items, close: events.end };
}

const speech: Speech = { ...textOnlySpeech(), mode: 'speech', openEar };

/** Nova Sonic, with a note of what each stream was sent and how it ended. */
function watched(engine: SpeechEngine, now: () => number): SpeechEngine {
  return {
    ...engine,
    async open(settings, signal) {
      opening += 1;
      const stream = await engine.open(settings, signal).finally(() => {
        opening -= 1;
      });
      const note: WatchedStream = { openedAtMs: now(), stream, sentBytes: 0 };
      streams.push(note);
      return {
        ...stream,
        events: noted(stream.events, note, now),
        send(input) {
          if (input.type === 'audio') note.sentBytes += input.audio.length;
          stream.send(input);
        },
        close() {
          note.endedAtMs ??= now();
          return stream.close();
        },
      };
    },
  };
}

async function* noted(
  events: AsyncIterable<EngineEvent>,
  note: WatchedStream,
  now: () => number,
): AsyncGenerator<EngineEvent> {
  try {
    yield* events;
  } catch (error) {
    failures.push(error);
    throw error;
  } finally {
    note.endedAtMs ??= now();
  }
}

const call = scriptedCall({
  // The SDK signs by the machine's date, and the cloud checks by the call's: they must stay within 15 minutes.
  startMs: Date.now() - CALL_MS / 2,
  brain: { answer: (text) => ({ answer: `Parcel ${/\d+/.exec(text)?.[0] ?? 'unknown'} arrives on Monday.` }) },
  deps: {
    engines: () => [
      {
        engine: watched(
          novaSonicEngine({
            connect: (request) => connect(request),
            clock: call.clock,
            promptName: () => `prompt-${streams.length}`,
          }),
          call.clock.now,
        ),
        modelId: 'amazon.nova-2-sonic-v1:0',
        voiceFor: () => 'tiffany',
      },
    ],
  },
});

let cloud: Cloud;
let connect: ReturnType<typeof bedrockSonicConnect>;
const dir = mkdtempSync(join(tmpdir(), 'oratio-renewal-'));

beforeAll(async () => {
  const app = new App({ outdir: join(dir, 'assembly') });
  new Topic(new Stack(app, 'Empty'), 'Nothing');
  const assemblyDir = app.synth().directory;
  const options = { dataDir: join(dir, 'data'), port: 0, apiPort: 0, speech, log: () => {} };
  cloud = await startCloud({ assemblyDir, clock: call.clock, ...options });
  vi.stubEnv('AWS_ACCESS_KEY_ID', cloud.credentials.accessKeyId);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', cloud.credentials.secretAccessKey);
  connect = bedrockSonicConnect({ region: 'us-east-1', endpoint: cloud.endpointUrl });
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await cloud.stop();
  rmSync(dir, { recursive: true, force: true });
});

const turnOfIo = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** 32 ms at 16 kHz. */
const FRAME_BYTES = 1024;

/** Whether the model has heard all that was sent to the streams that live. */
const isHeard = (): boolean =>
  opening === 0 &&
  streams.every(({ stream, sentBytes, endedAtMs }, index) => {
    const heardBytes = ears[index]?.heardBytes ?? 0;
    return endedAtMs !== undefined || heardBytes + stream.droppedFrames() * FRAME_BYTES >= sentBytes;
  });

/** Time goes on in small steps, each once what the step before sent has come through the sockets. */
async function pass(ms: number): Promise<void> {
  const untilMs = call.clock.now() + ms;
  while (call.clock.now() < untilMs) {
    await call.clock.advance(STEP_MS);
    await turnOfIo();
    while (!isHeard()) await turnOfIo();
  }
}

test('a call of 17 minutes outlives two streams of Nova Sonic, and no question is lost or answered twice', async () => {
  const owner = call.start();
  const startMs = call.clock.now();
  await pass(15_000);
  const questions: string[] = [];
  while (call.clock.now() - startMs < CALL_MS) {
    const number = 100 + questions.length;
    const question = `Where is my parcel ${number}?`;
    questions.push(question);
    if (questions.length % 2 === 0) call.line.tell({ type: 'text', text: question });
    else void call.line.say(question);
    await pass(QUESTION_EVERY_MS);
  }
  call.line.tell({ type: 'session.end' });
  let isOver = false;
  void owner.outcome.finally(() => {
    isOver = true;
  });
  while (!isOver) await pass(STEP_MS);

  const entries = call.book.entries();
  const turns = entries.filter((entry) => entry.kind === 'turn');
  const times = (role: string, text: string): number =>
    turns.filter((turn) => turn.role === role && turn.text.includes(text)).length;
  const renewals = entries.filter((entry) => entry.kind === 'renewal');
  expect({
    outcome: await owner.outcome,
    asked: call.brain.asked,
    heard: questions.map((question) => times('user', question)),
    answered: questions.map((_, index) => times('assistant', `Parcel ${100 + index} arrives`)),
    renewals: renewals.map(({ cause, gapMs }) => ({ cause, gapMs })),
    oldestMs: Math.max(...streams.map(({ openedAtMs, endedAtMs = Infinity }) => endedAtMs - openedAtMs)),
    dropped: streams.map(({ stream }) => stream.droppedFrames()),
    failures,
    errors: call.logs.filter(({ error }) => error !== undefined),
    seqs: entries.map(({ seq }) => seq),
    violations: call.book.violations,
  }).toEqual({
    outcome: { how: 'ended', reason: 'client-ended' },
    asked: questions,
    heard: questions.map(() => 1),
    answered: questions.map(() => 1),
    renewals: [
      { cause: 'age', gapMs: 0 },
      { cause: 'age', gapMs: 0 },
    ],
    oldestMs: expect.toSatisfy((ms: number) => ms < MODEL_DEADLINE_MS) as number,
    dropped: [0, 0, 0],
    failures: [],
    errors: [],
    seqs: entries.map((_, seq) => seq),
    violations: [],
  });
});
