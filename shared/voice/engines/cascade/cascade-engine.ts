import type { AudioFormat } from '../../../../audio/format.ts';
import type { SessionClock } from '../../session/clock.ts';
import { EngineError, type SpeechEngine } from '../speech-engine.ts';
import { CascadeStream } from './cascade-stream.ts';
import type { ChatModel, SpeechToText, TextToSpeech } from './ports.ts';

export interface CascadeDependencies {
  readonly stt: SpeechToText;
  readonly llm: ChatModel;
  readonly tts: TextToSpeech;
  readonly clock: SessionClock;
}

const has = (formats: readonly AudioFormat[], { encoding, sampleRateHertz }: AudioFormat): boolean =>
  formats.some((format) => format.encoding === encoding && format.sampleRateHertz === sampleRateHertz);

/**
 * Ears, mind and mouth of different makers behind the port of speech-to-speech. It answers sentence by sentence while
 * the model still writes, and is interrupted by the caller's first word. Ears need audio all the time.
 */
export const cascadeEngine = (deps: CascadeDependencies): SpeechEngine => ({
  name: 'cascade',
  inputFormats: deps.stt.formats,
  outputFormats: deps.tts.formats,
  keepAliveMs: 250,
  open: async (settings, signal) => {
    signal.throwIfAborted();
    if (!has(deps.stt.formats, settings.input) || !has(deps.tts.formats, settings.output)) {
      throw new EngineError('invalid', 'The parts of this cascade do not take or give audio of this format.');
    }
    const kill = new AbortController();
    const abort = (): void => kill.abort(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    const { input: format, language, endpointing } = settings;
    const hearing = await deps.stt.open({ format, language, endpointing }, kill.signal);
    signal.throwIfAborted();
    const stream = new CascadeStream(deps, settings, hearing, kill);
    stream.start();
    return {
      events: stream.events.items,
      send: (input) => stream.send(input),
      droppedFrames: hearing.droppedFrames,
      close: () => {
        signal.removeEventListener('abort', abort);
        stream.end(undefined);
        return Promise.resolve();
      },
    };
  },
});
