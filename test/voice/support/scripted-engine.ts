import { durationMs, silence } from '../../../audio/format.ts';
import {
  EngineError,
  type EngineErrorKind,
  type EngineEvent,
  type EngineInput,
  type EngineSettings,
  type EngineStream,
  type SpeechEngine,
} from '../../../shared/voice/engines/speech-engine.ts';
import { asyncQueue } from './async-queue.ts';
import { heardFrames, SPOKEN_FORMAT, understood } from './spoken-frames.ts';
import type { VirtualClock } from './virtual-clock.ts';

/** What the engine does about something the caller said. */
export interface ScriptedReply {
  readonly text: string;
  /** Asked first; its result is the answer when the text is empty. */
  readonly tool?: { readonly name: string; readonly input: unknown };
  /** Says nothing at all. */
  readonly isMute?: boolean;
}

export interface ScriptedEngineOptions {
  readonly clock: VirtualClock;
  readonly name?: SpeechEngine['name'];
  readonly reply?: (text: string) => ScriptedReply;
  readonly renewal?: SpeechEngine['renewal'] | null;
  readonly openMs?: number;
  /** How much faster than it is played audio is made. */
  readonly speed?: number;
}

/** As Nova Sonic: silence ends a turn, an old stream dies, and one that hears nothing dies sooner. */
const ENDPOINT_MS = 600;
const THINK_MS = 300;
const CHUNK_MS = 100;
const MAX_AGE_MS = 480_000;
const IDLE_MS = 55_000;
const SPOKEN_MS_PER_CHARACTER = 60;

export interface ScriptedEngine extends SpeechEngine {
  /** Every stream's opening, the newest last. */
  readonly opened: EngineSettings[];
  /** Inputs other than audio, of all streams in order. */
  readonly inputs: (Exclude<EngineInput, { type: 'audio' }> & { readonly stream: number })[];
  readonly toolUses: string[];
  readonly live: () => number;
  /** The next openings fail like this. */
  readonly failOpenings: (...kinds: readonly EngineErrorKind[]) => void;
  /** Every open stream breaks. */
  readonly breakStreams: (kind: EngineErrorKind) => void;
  /** What the newest stream says next, from outside. */
  readonly emit: (event: EngineEvent) => void;
}

interface Speaking {
  readonly responseId: string;
  readonly abort: AbortController;
}

/** An engine that hears spoken frames, answers by a script and obeys the deadlines of the real ones. */
export function scriptedEngine(options: ScriptedEngineOptions): ScriptedEngine {
  const { clock, openMs = 400, speed = 2 } = options;
  const reply: (text: string) => ScriptedReply = options.reply ?? ((text) => ({ text: `You said ${text}.` }));
  const opened: EngineSettings[] = [];
  const inputs: ScriptedEngine['inputs'] = [];
  const toolUses: string[] = [];
  const failures: EngineErrorKind[] = [];
  const live = new Set<{ readonly fail: (error: Error) => void; readonly push: (event: EngineEvent) => void }>();

  function openStream(settings: EngineSettings, number: number, signal: AbortSignal): EngineStream {
    const events = asyncQueue<EngineEvent>();
    live.add(events);
    const closed = new AbortController();
    const heard = new Map<number, Set<number>>();
    const waitingTools = new Map<string, ScriptedReply>();
    let silentMs = 0;
    let lastAudioMs = clock.now();
    let voicedOver = 0;
    let responses = 0;
    let speaking: Speaking | undefined;
    let queue: Promise<void> = Promise.resolve();
    let generation = 0;

    const down = (): void => {
      closed.abort(new Error('closed'));
      live.delete(events);
    };
    const breakDown = (kind: EngineErrorKind): void => {
      events.fail(new EngineError(kind, `Scripted: ${kind}.`));
      down();
    };
    const sleep = (ms: number, abort?: AbortSignal): Promise<void> =>
      clock.sleep(ms, abort ? AbortSignal.any([abort, closed.signal]) : closed.signal);

    const speak = (text: string): void => {
      const mine = generation;
      queue = queue.then(() => (mine === generation ? speakNow(text) : undefined)).catch(() => undefined);
    };
    const speakNow = async (text: string): Promise<void> => {
      const responseId = `r${++responses}`;
      const abort = new AbortController();
      speaking = { responseId, abort };
      try {
        await sleep(THINK_MS, abort.signal);
        events.push({ type: 'agent-text', responseId, text, stage: 'speculative' });
        const totalMs = text.length * SPOKEN_MS_PER_CHARACTER;
        for (let saidMs = 0; saidMs < totalMs; saidMs += CHUNK_MS) {
          events.push({ type: 'audio', responseId, audio: silence(CHUNK_MS, settings.output) });
          await sleep(CHUNK_MS / speed, abort.signal);
        }
        events.push({ type: 'agent-text', responseId, text, stage: 'final' });
        events.push({ type: 'response-ended', responseId });
        events.push({
          type: 'usage',
          usage: { inputSpeechTokens: 50, inputTextTokens: 10, outputSpeechTokens: text.length, outputTextTokens: 5 },
        });
      } finally {
        speaking = undefined;
      }
    };
    const interrupt = (): void => {
      generation++;
      if (!speaking) return;
      const { responseId, abort } = speaking;
      abort.abort(new Error('interrupted'));
      speaking = undefined;
      events.push({ type: 'interrupted', responseId });
    };

    const answer = (text: string): void => {
      const scripted = reply(text);
      if (scripted.isMute) return;
      if (!scripted.tool) {
        speak(scripted.text);
        return;
      }
      const toolUseId = `s${number}-t${toolUses.length + 1}`;
      toolUses.push(toolUseId);
      waitingTools.set(toolUseId, scripted);
      events.push({ type: 'tool-use', toolUseId, ...scripted.tool });
    };
    const turnEnds = (): void => {
      const text = [...heard]
        .map(([utterance, frames]) => understood(utterance, frames))
        .filter((words) => words !== '')
        .join(' ');
      heard.clear();
      if (text === '') return;
      events.push({ type: 'user-text', text, final: true });
      answer(text);
    };
    const hearSilence = (audio: Uint8Array): void => {
      silentMs += durationMs(audio.length, SPOKEN_FORMAT);
      voicedOver = 0;
      if (heard.size > 0 && silentMs >= ENDPOINT_MS) turnEnds();
    };
    const hear = (audio: Uint8Array): void => {
      lastAudioMs = clock.now();
      const frames = heardFrames(audio).filter((frame) => frame !== undefined);
      if (frames.length === 0) {
        hearSilence(audio);
        return;
      }
      silentMs = 0;
      for (const { utterance, index } of frames) {
        heard.set(utterance, (heard.get(utterance) ?? new Set()).add(index));
      }
      voicedOver += frames.length;
      if (speaking && voicedOver >= 5) interrupt();
    };
    const toolResult = (input: Extract<EngineInput, { type: 'tool-result' }>): void => {
      const scripted = waitingTools.get(input.toolUseId);
      if (!scripted) throw new Error(`A second or unknown result for ${input.toolUseId}.`);
      waitingTools.delete(input.toolUseId);
      speak(scripted.text || JSON.stringify(input.content));
    };
    const send = (input: EngineInput): void => {
      if (closed.signal.aborted) return;
      if (input.type === 'audio') {
        hear(input.audio);
        return;
      }
      inputs.push({ ...input, stream: number });
      if (input.type === 'say') speak(input.text);
      else if (input.type === 'tool-result') toolResult(input);
      else if (input.type === 'text' && input.role === 'user') {
        interrupt();
        answer(input.text);
      }
    };
    const watch = async (): Promise<void> => {
      const openedMs = clock.now();
      for (;;) {
        await sleep(1000);
        if (clock.now() - openedMs >= MAX_AGE_MS) return breakDown('expired');
        if (clock.now() - lastAudioMs >= IDLE_MS) return breakDown('idle');
      }
    };
    watch().catch(() => undefined);
    signal.addEventListener('abort', () => {
      events.end();
      down();
    });
    return {
      events: events.items,
      send,
      droppedFrames: () => 0,
      close: () => {
        events.end();
        down();
        return Promise.resolve();
      },
    };
  }

  return {
    name: options.name ?? 'nova-sonic',
    inputFormats: [SPOKEN_FORMAT],
    outputFormats: [{ encoding: 'pcm16', sampleRateHertz: 24_000 }],
    ...(options.renewal !== null && { renewal: options.renewal ?? { armAfterMs: 360_000, forceAfterMs: 440_000 } }),
    keepAliveMs: 250,
    async open(settings, signal) {
      await clock.sleep(openMs, signal);
      const failure = failures.shift();
      if (failure) throw new EngineError(failure, `Scripted: ${failure}.`);
      return openStream(settings, opened.push(settings), signal);
    },
    opened,
    inputs,
    toolUses,
    live: () => live.size,
    failOpenings: (...kinds) => failures.push(...kinds),
    breakStreams: (kind) => {
      for (const stream of live) {
        live.delete(stream);
        stream.fail(new EngineError(kind, `Scripted: ${kind}.`));
      }
    },
    emit: (event) => [...live].at(-1)?.push(event),
  };
}
