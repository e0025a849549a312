import type { AudioFormat } from '../../../../audio/format.ts';
import type { SessionClock } from '../../session/clock.ts';
import { createEventQueue } from '../event-queue.ts';
import { type SpeechModel, SpeechModelError, speechModel } from '../model-catalogue.ts';
import {
  EngineError,
  type EngineEvent,
  type EngineInput,
  type EngineSettings,
  type EngineStream,
  type SpeechEngine,
} from '../speech-engine.ts';
import { decodeOutput, encodeInput } from './codec.ts';
import { engineErrorOf } from './errors.ts';
import type { SonicInput } from './events.ts';
import { createInputQueue } from './input-queue.ts';
import { awaitsFinalText, closeSonic, openSonic, sonicInput, sonicOutput, sonicSettled } from './protocol.ts';
import type { SonicCounters } from './state.ts';

/**
 * Opens a stream to the model and reads `input` to its end; resolves with the model's output, which the service may
 * hold back until it has something to say. Rejects, or breaks the output, with the service's exception.
 */
export type SonicConnect = (request: {
  readonly modelId: string;
  readonly input: AsyncIterable<Uint8Array>;
  readonly signal: AbortSignal;
}) => Promise<AsyncIterable<Uint8Array>>;

export interface NovaSonicDependencies {
  readonly connect: SonicConnect;
  readonly clock: SessionClock;
  /** A name for the prompt of a stream, unlike any before (UUID). */
  readonly promptName: () => string;
  /** At the end of each stream, for whoever counts. */
  readonly onCounters?: (counters: SonicCounters) => void;
}

const pcm = (sampleRateHertz: number): AudioFormat => ({ encoding: 'pcm16', sampleRateHertz });

/** The model hears at 16 kHz and speaks at 24 kHz; the other rates it converts itself. */
const INPUT_FORMATS: readonly AudioFormat[] = [pcm(16_000), pcm(8000), pcm(24_000)];
const OUTPUT_FORMATS: readonly AudioFormat[] = [pcm(24_000), pcm(16_000), pcm(8000)];

/** About 3 s of frames of 32 ms: older speech is no use to a conversation. */
const MAX_QUEUED_FRAMES = 94;
/** A long answer is some hundred events; more unread ones mean that nobody reads. */
const MAX_UNREAD_EVENTS = 20_000;
/** How long the service may take to end a stream that was closed in good order. */
const CLOSE_GRACE_MS = 2000;
/** How long after its last audio a response waits for the text of what was said. */
const FINAL_TEXT_GRACE_MS = 2000;
/** A stream that ends by itself at this age has met its deadline. */
const DEADLINE_AGE_MS = 450_000;

const isSupported = (format: AudioFormat, formats: readonly AudioFormat[]): boolean =>
  formats.some(
    ({ encoding, sampleRateHertz }) => encoding === format.encoding && sampleRateHertz === format.sampleRateHertz,
  );

const checkedModel = (settings: EngineSettings, nowMs: number): SpeechModel => {
  if (!isSupported(settings.input, INPUT_FORMATS) || !isSupported(settings.output, OUTPUT_FORMATS)) {
    throw new EngineError('invalid', 'Nova Sonic takes and gives PCM of 8, 16 or 24 kHz only.');
  }
  try {
    return speechModel(settings.modelId, nowMs);
  } catch (error) {
    if (error instanceof SpeechModelError) throw new EngineError('invalid', error.message, { cause: error });
    throw error;
  }
};

async function* encoded(events: AsyncIterable<SonicInput>): AsyncGenerator<Uint8Array, void> {
  for await (const event of events) yield encodeInput(event);
}

/** Nova Sonic over Bedrock's bidirectional stream. `open` resolves when the stream has taken its opening, before the model has said anything: a refusal may also come as the first thing that `events` throws. */
export const novaSonicEngine = (deps: NovaSonicDependencies): SpeechEngine => ({
  name: 'nova-sonic',
  inputFormats: INPUT_FORMATS,
  outputFormats: OUTPUT_FORMATS,
  renewal: { armAfterMs: 360_000, forceAfterMs: 440_000 },
  keepAliveMs: 250,
  open: (settings, signal) => openStream(deps, settings, signal),
});

const openStream = async (
  deps: NovaSonicDependencies,
  settings: EngineSettings,
  signal: AbortSignal,
): Promise<EngineStream> => {
  signal.throwIfAborted();
  const { limits } = checkedModel(settings, deps.clock.now());
  const opened = openSonic(settings, deps.promptName(), {
    maxBytes: limits.maxHistoryBytes ?? Number.POSITIVE_INFINITY,
    maxMessages: limits.maxHistoryMessages ?? Number.POSITIVE_INFINITY,
  });
  const stream = new SonicStream(deps, settings.modelId, opened.state);
  stream.start(opened.batch, signal);
  await stream.takesInput(signal);
  return {
    events: stream.events.items,
    send: (input) => stream.send(input),
    droppedFrames: () => stream.input.droppedAudio(),
    close: () => stream.close(),
  };
};

/** One stream: the pure machine between its two queues. */
class SonicStream {
  readonly input = createInputQueue<SonicInput>(MAX_QUEUED_FRAMES);
  readonly events = createEventQueue<EngineEvent>(
    MAX_UNREAD_EVENTS,
    () => new EngineError('unavailable', 'Nobody reads what the model says.'),
  );
  private readonly deps: NovaSonicDependencies;
  private readonly modelId: string;
  private readonly kill = new AbortController();
  private readonly openedAtMs: number;
  private state: ReturnType<typeof openSonic>['state'];
  private done: Promise<void> = Promise.resolve();
  private failure: EngineError | undefined;
  private closing: Promise<void> | undefined;
  private isSettling = false;

  constructor(deps: NovaSonicDependencies, modelId: string, state: ReturnType<typeof openSonic>['state']) {
    this.deps = deps;
    this.modelId = modelId;
    this.state = state;
    this.openedAtMs = deps.clock.now();
  }

  start(opening: ReturnType<typeof openSonic>['batch'], signal: AbortSignal): void {
    this.input.push(opening);
    const abort = (): void => this.drop();
    signal.addEventListener('abort', abort, { once: true });
    this.done = this.pump().finally(() => {
      signal.removeEventListener('abort', abort);
      this.drop();
      this.deps.onCounters?.(this.state.counters);
    });
  }

  /** Resolves when the opening is taken; throws what broke the stream before that. */
  async takesInput(signal: AbortSignal): Promise<void> {
    await Promise.race([this.input.firstTaken, this.done]);
    signal.throwIfAborted();
    if (this.failure) throw this.failure;
  }

  send(input: EngineInput): void {
    const { state, batches } = sonicInput(this.state, input);
    this.state = state;
    for (const batch of batches) this.input.push(batch);
  }

  close(): Promise<void> {
    this.closing ??= this.closeInOrder();
    return this.closing;
  }

  private async closeInOrder(): Promise<void> {
    const { state, events } = closeSonic(this.state);
    this.state = state;
    this.input.finish(events);
    const grace = new AbortController();
    const waited = this.deps.clock.sleep(CLOSE_GRACE_MS, grace.signal).catch(() => undefined);
    await Promise.race([this.done, waited]);
    grace.abort();
    this.drop();
  }

  /** Ends both directions at once. */
  private drop(): void {
    this.state = closeSonic(this.state).state;
    this.input.stop();
    this.kill.abort();
    this.events.end();
  }

  private async pump(): Promise<void> {
    try {
      const output = await this.deps.connect({
        modelId: this.modelId,
        input: encoded(this.input.events),
        signal: this.kill.signal,
      });
      for await (const bytes of output) {
        if (this.kill.signal.aborted) return;
        this.take(sonicOutput(this.state, decodeOutput(bytes)));
      }
      this.fail(this.endedByItself());
    } catch (error) {
      this.fail(engineErrorOf(error, this.ageMs()));
    }
  }

  private ageMs(): number {
    return this.deps.clock.now() - this.openedAtMs;
  }

  private endedByItself(): EngineError {
    const kind = this.ageMs() >= DEADLINE_AGE_MS ? 'expired' : 'unavailable';
    return new EngineError(kind, 'The service ended the stream.');
  }

  /** A stream that we ended or killed did not break. */
  private fail(error: EngineError): void {
    const isOurs = this.closing !== undefined || this.kill.signal.aborted;
    if (isOurs) return;
    this.failure = error;
    this.events.end(error);
  }

  private take({ state, events }: ReturnType<typeof sonicOutput>): void {
    this.state = state;
    for (const event of events) this.events.push(event);
    if (awaitsFinalText(state) && !this.isSettling) void this.settleLater();
  }

  private async settleLater(): Promise<void> {
    this.isSettling = true;
    try {
      await this.deps.clock.sleep(FINAL_TEXT_GRACE_MS, this.kill.signal);
      this.isSettling = false;
      this.take(sonicSettled(this.state));
    } catch {
      // The stream is over.
    }
  }
}
