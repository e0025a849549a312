import { converter } from '../../../audio/convert.ts';
import { type AudioFormat, durationMs } from '../../../audio/format.ts';
import { EngineError, type EngineInput, type EngineStream, type EngineUsage } from '../engines/speech-engine.ts';
import type { SessionClock } from './clock.ts';
import type { Effect, SessionEvent } from './session-events.ts';
import type { EngineChoice } from './session-ports.ts';

/** A stream that is not open by then is given up. */
const OPEN_WITHIN_MS = 15_000;

export interface OpenStream {
  readonly stream: EngineStream;
  readonly input: AudioFormat;
  readonly keepAliveMs: number | undefined;
}

export interface StreamPool {
  readonly open: (plan: Extract<Effect, { type: 'open-stream' }>) => void;
  readonly find: (id: number) => OpenStream | undefined;
  readonly feed: (id: number, input: EngineInput) => void;
  readonly close: (id: number) => void;
  /** Resolves when every stream is down. */
  readonly closeAll: () => Promise<void>;
}

interface Entry {
  readonly abort: AbortController;
  open: OpenStream | undefined;
  done: Promise<void>;
}

/** Streams to engines by their number: opens them, reads them and tells what they say, in the transport's formats. */
export function createStreamPool(
  deps: {
    /** More may come behind. */
    readonly engines: readonly EngineChoice[];
    readonly clock: SessionClock;
    readonly input: AudioFormat;
    readonly output: AudioFormat;
  },
  emit: (event: SessionEvent) => void,
  onUsage: (usage: EngineUsage, choice: EngineChoice) => void,
): StreamPool {
  const entries = new Map<number, Entry>();

  const live = async (
    id: number,
    entry: Entry,
    choice: EngineChoice,
    settings: Parameters<EngineChoice['engine']['open']>[0],
  ) => {
    const stream = await openInTime(deps.clock, choice, settings, entry.abort);
    if (entry.abort.signal.aborted) return stream.close();
    entry.open = { stream, input: settings.input, keepAliveMs: choice.engine.keepAliveMs };
    emit({ type: 'stream-opened', stream: id });
    const toTransport = converter(settings.output, deps.output);
    for await (const event of stream.events) {
      if (entry.abort.signal.aborted) return;
      if (event.type === 'usage') onUsage(event.usage, choice);
      else if (event.type === 'audio') {
        const audio = toTransport.convert(event.audio);
        const ms = durationMs(audio.length, deps.output);
        if (ms > 0) emit({ type: 'agent-audio', stream: id, responseId: event.responseId, audio, ms });
      } else emit({ type: 'engine', stream: id, event });
    }
    // An end nobody asked for is the engine's own deadline.
    throw new EngineError('expired', 'The stream ended.');
  };

  const close = async (id: number): Promise<void> => {
    const entry = entries.get(id);
    if (!entry) return;
    entries.delete(id);
    entry.abort.abort(new Error('The session closed the stream.'));
    // A stream that cannot even be closed in order is gone already.
    await entry.open?.stream.close().catch(() => undefined);
    await entry.done;
  };

  return {
    open({ stream: id, engine, plan, wishes }) {
      const choice = deps.engines[engine];
      if (!choice) throw new RangeError(`There is no engine ${engine}.`);
      const entry: Entry = { abort: new AbortController(), open: undefined, done: Promise.resolve() };
      entries.set(id, entry);
      const settings = {
        ...plan,
        modelId: choice.modelId,
        voice: choice.voiceFor(wishes),
        language: wishes.language,
        endpointing: wishes.endpointing,
        input: nearest(choice.engine.inputFormats, deps.input),
        output: nearest(choice.engine.outputFormats, deps.output),
      };
      entry.done = live(id, entry, choice, settings).catch((error: unknown) => {
        if (entry.abort.signal.aborted && !(entry.abort.signal.reason instanceof EngineError)) return;
        const { open } = entry;
        entries.delete(id);
        void open?.stream.close().catch(() => undefined);
        emit({ type: 'stream-failed', stream: id, kind: error instanceof EngineError ? error.kind : 'unavailable' });
      });
    },
    find: (id) => entries.get(id)?.open,
    feed: (id, input) => entries.get(id)?.open?.stream.send(input),
    close: (id) => void close(id),
    closeAll: async () => {
      await Promise.all([...entries.keys()].map(close));
    },
  };
}

/** The very format where the engine takes it, else its best one. */
const nearest = (formats: readonly AudioFormat[], wanted: AudioFormat): AudioFormat =>
  formats.find(
    ({ encoding, sampleRateHertz }) => encoding === wanted.encoding && sampleRateHertz === wanted.sampleRateHertz,
  ) ??
  formats[0] ??
  wanted;

async function openInTime(
  clock: SessionClock,
  { engine }: EngineChoice,
  settings: Parameters<EngineChoice['engine']['open']>[0],
  abort: AbortController,
): Promise<EngineStream> {
  const opened = new AbortController();
  const late = clock.sleep(OPEN_WITHIN_MS, opened.signal).then(
    () => abort.abort(new EngineError('timed-out', 'The stream did not open in time.')),
    () => undefined,
  );
  try {
    return await Promise.race([engine.open(settings, abort.signal), late.then(() => neverUnlessAborted(abort.signal))]);
  } finally {
    opened.abort();
  }
}

const neverUnlessAborted = (signal: AbortSignal): Promise<never> =>
  signal.aborted ? Promise.reject(signal.reason as Error) : new Promise<never>(() => undefined);
