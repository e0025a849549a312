import { silence } from '../../../audio/format.ts';
import { samplesOf } from '../../../audio/pcm.ts';
import type {
  EngineEvent,
  EngineInput,
  EngineStream,
  SpeechEngine,
} from '../../../shared/voice/engines/speech-engine.ts';
import { asyncQueue } from './async-queue.ts';

const PCM = { encoding: 'pcm16', sampleRateHertz: 16_000 } as const;
const LOUD = 1000;
/** Loud frames that are a turn, and quiet ones that end it. */
const TURN_MS = 200;
const PAUSE_MS = 500;
const ANSWER_MS = 400;

/** An engine without a clock: a loud tone and then silence is a turn of the caller, and each turn gets an answer at once. */
export function toneEngine(): SpeechEngine {
  return {
    name: 'nova-sonic',
    inputFormats: [PCM],
    outputFormats: [PCM],
    open: async (_settings, signal) => openStream(signal),
  };
}

function openStream(signal: AbortSignal): EngineStream {
  const events = asyncQueue<EngineEvent>();
  let responses = 0;
  let loudMs = 0;
  let quietMs = 0;
  signal.addEventListener('abort', events.end);

  const say = (text: string): void => {
    responses += 1;
    const responseId = `r${responses}`;
    events.push({ type: 'agent-text', responseId, text, stage: 'speculative' });
    events.push({ type: 'audio', responseId, audio: silence(ANSWER_MS, PCM) });
    events.push({ type: 'agent-text', responseId, text, stage: 'final' });
    events.push({ type: 'response-ended', responseId });
  };
  const hear = (audio: Uint8Array): void => {
    const samples = samplesOf(audio);
    const ms = samples.length / 16;
    const isLoud = samples.some((sample) => Math.abs(sample) > LOUD);
    if (isLoud && loudMs === 0) events.push({ type: 'speech-started' });
    loudMs += isLoud ? ms : 0;
    quietMs = isLoud ? 0 : quietMs + ms;
    if (loudMs < TURN_MS || quietMs < PAUSE_MS) return;
    loudMs = 0;
    events.push({ type: 'user-text', text: 'something', final: true });
    say('You said something.');
  };
  return {
    events: events.items,
    send: (input: EngineInput) => {
      if (input.type === 'audio') hear(input.audio);
      if (input.type === 'say') say(input.text);
      if (input.type === 'text' && input.role === 'user') say(`You typed: ${input.text}`);
    },
    droppedFrames: () => 0,
    close: async () => events.end(),
  };
}
