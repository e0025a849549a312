import type { AudioFormat } from '../../../../audio/format.ts';
import type { ProviderNetwork } from '../../../providers/provider-network.ts';
import type { SessionClock } from '../../session/clock.ts';
import { createEventQueue } from '../event-queue.ts';
import { createInputQueue } from '../nova-sonic/input-queue.ts';
import {
  EngineError,
  type EngineEvent,
  type EngineInput,
  type EngineSettings,
  type EngineStream,
  type SpeechEngine,
} from '../speech-engine.ts';
import { decodeServerEvent, type RealtimeClientEvent } from './events.ts';
import { openRealtime, type RealtimeStep, realtimeInput, realtimeOutput } from './protocol.ts';
import { dialRealtime, type RealtimeSocket } from './realtime-socket.ts';

export interface OpenAiRealtimeDependencies {
  /** Fetched for each stream: keys are rotated while processes live. */
  readonly apiKey: () => Promise<string>;
  readonly clock: SessionClock;
  /** `wss://api.openai.com/v1/realtime` when absent; the model is added as its query. */
  readonly url?: string;
  /** The way there; to the public internet only when absent. */
  readonly network?: ProviderNetwork;
}

/** µ-law passes from the phone to the model and back untouched. */
const FORMATS: readonly AudioFormat[] = [
  { encoding: 'pcm16', sampleRateHertz: 24_000 },
  { encoding: 'mulaw', sampleRateHertz: 8000 },
];

const DEFAULT_URL = 'wss://api.openai.com/v1/realtime';
/** How long the server may take to accept the session. */
const READY_TIMEOUT_MS = 10_000;
/** Frames that may wait for the network: 3 s of 20 ms. */
const MAX_QUEUED_FRAMES = 150;
const MAX_UNREAD_EVENTS = 20_000;

const isSupported = ({ encoding, sampleRateHertz }: AudioFormat): boolean =>
  FORMATS.some((format) => format.encoding === encoding && format.sampleRateHertz === sampleRateHertz);

/** OpenAI's Realtime API over its WebSocket (GA interface). A session lasts an hour at most: it is renewed before. */
export const openAiRealtimeEngine = (deps: OpenAiRealtimeDependencies): SpeechEngine => ({
  name: 'openai-realtime',
  inputFormats: FORMATS,
  outputFormats: FORMATS,
  renewal: { armAfterMs: 3_000_000, forceAfterMs: 3_480_000 },
  open: async (settings, signal) => {
    signal.throwIfAborted();
    if (!isSupported(settings.input) || !isSupported(settings.output)) {
      throw new EngineError('invalid', 'The Realtime API takes and gives PCM of 24 kHz or µ-law of 8 kHz only.');
    }
    const url = new URL(deps.url ?? DEFAULT_URL);
    url.searchParams.set('model', settings.modelId);
    const headers = { authorization: `Bearer ${await deps.apiKey()}` };
    const socket = await dialRealtime({
      url: url.href,
      headers,
      signal,
      ...(deps.network === undefined ? {} : { network: deps.network }),
    });
    const stream = new RealtimeStream(deps.clock, socket, signal);
    return await stream.open(settings);
  },
});

/** One session: the pure machine between the socket and the reader. */
class RealtimeStream {
  private readonly clock: SessionClock;
  private readonly socket: RealtimeSocket;
  private readonly signal: AbortSignal;
  private readonly input = createInputQueue<RealtimeClientEvent>(MAX_QUEUED_FRAMES);
  private readonly events = createEventQueue<EngineEvent>(
    MAX_UNREAD_EVENTS,
    () => new EngineError('unavailable', 'Nobody reads what the model says.'),
  );
  private readonly ready = Promise.withResolvers<void>();
  private state: RealtimeStep['state'] | undefined;
  private isOver = false;

  constructor(clock: SessionClock, socket: RealtimeSocket, signal: AbortSignal) {
    this.clock = clock;
    this.socket = socket;
    this.signal = signal;
  }

  async open(settings: EngineSettings): Promise<EngineStream> {
    const abort = (): void => this.end(undefined);
    this.signal.addEventListener('abort', abort, { once: true });
    this.apply(openRealtime(settings));
    void this.write();
    void this.read();
    try {
      await this.untilReady();
    } catch (error) {
      this.end(undefined);
      throw error;
    }
    this.signal.throwIfAborted();
    return {
      events: this.events.items,
      send: (input) => this.send(input),
      droppedFrames: () => this.input.droppedAudio(),
      close: () => {
        this.signal.removeEventListener('abort', abort);
        this.end(undefined);
        return Promise.resolve();
      },
    };
  }

  private async untilReady(): Promise<void> {
    const timer = new AbortController();
    const late = this.clock.sleep(READY_TIMEOUT_MS, timer.signal).then(
      () => this.end(new EngineError('timed-out', 'The Realtime API did not accept the session in time.')),
      () => undefined,
    );
    await Promise.race([this.ready.promise, late.then(() => this.ready.promise)]).finally(() => timer.abort());
  }

  private send(input: EngineInput): void {
    if (this.isOver || !this.state) return;
    this.apply(realtimeInput(this.state, input), input.type === 'audio' ? 'audio' : 'control');
  }

  private apply(step: RealtimeStep, lane: 'audio' | 'control' = 'control'): void {
    this.state = step.state;
    this.input.push({ lane, events: step.send });
    for (const event of step.events) this.events.push(event);
    if (step.broken) this.end(step.broken);
  }

  private async write(): Promise<void> {
    try {
      for await (const event of this.input.events) await this.socket.send(JSON.stringify(event));
    } catch (error) {
      this.end(new EngineError('unavailable', 'The connection to the Realtime API is gone.', { cause: error }));
    }
  }

  private async read(): Promise<void> {
    try {
      for await (const text of this.socket.messages) {
        if (this.isOver || !this.state) return;
        const event = decodeServerEvent(text);
        if (event.type === 'session.updated') this.ready.resolve();
        // Before the session is accepted an error means that its settings are wrong.
        const step = realtimeOutput(this.state, event, this.clock.now());
        this.apply(step);
        const refused = event.type === 'error' ? step.events.find(({ type }) => type === 'problem') : undefined;
        if (refused?.type === 'problem') this.ready.reject(refused.error);
      }
      this.end(undefined);
    } catch (error) {
      this.end(error instanceof EngineError ? error : new EngineError('unavailable', String(error)));
    }
  }

  /** Ends both directions; the first cause counts. */
  private end(error: EngineError | undefined): void {
    if (this.isOver) return;
    this.isOver = true;
    this.input.stop();
    this.events.end(error);
    if (error) this.ready.reject(error);
    else this.ready.resolve();
    this.socket.close();
  }
}
