import { WebSocket } from 'ws';
import * as z from 'zod';
import { type AudioFormat, durationMs } from '../../../../audio/format.ts';
import { faultOfSocket, faultOfStatus, ProviderError } from '../../../providers/provider-error.ts';
import { publicNetwork } from '../../../providers/provider-network.ts';
import { createEventQueue } from '../event-queue.ts';
import type { Hearing, HearingEvent, SpeechToText } from './ports.ts';
import { addressBelow, type ProviderService } from './provider-request.ts';
import { createSpeechGate } from './speech-gate.ts';

export interface WhisperService extends ProviderService {
  /** Below the base address: `/api/stt/stream`. */
  readonly path?: string;
  readonly model?: string;
  readonly sampleRateHertz: number;
}

const HANDSHAKE_TIMEOUT_MS = 10_000;
/** A transcript is short. */
const MAX_MESSAGE_BYTES = 256 * 1024;
/** 3 s of 16 kHz PCM: a server that does not read loses the oldest words, not our memory. */
const MAX_BUFFERED_BYTES = 96_000;
const MAX_UNREAD_EVENTS = 10_000;

/** What such servers write: the names differ, the meaning does not. */
const Said = z.object({
  type: z.string().optional(),
  text: z.string().optional(),
  transcript: z.string().optional(),
  is_final: z.boolean().optional(),
  final: z.boolean().optional(),
  error: z.unknown().optional(),
  message: z.string().optional(),
});

/** One message as the port tells it; undefined for what is no transcript. Throws `ProviderError`. */
const whisperEvent = (message: string): HearingEvent | undefined => {
  const said = Said.safeParse(jsonOrText(message));
  if (!said.success) throw new ProviderError('misbehaved', 'The ears answer in words that are none of the protocol.');
  const { type = '', text, transcript, is_final: isFinal, final, error } = said.data;
  if (type === 'error' || (error !== undefined && error !== null && error !== false)) {
    throw new ProviderError('refused', 'The ears report an error of their own.');
  }
  const words = text ?? transcript;
  if (words === undefined) return undefined;
  const isPartial = isFinal === false || final === false || /partial|interim/.test(type);
  return { type: isPartial ? 'partial' : 'final', text: words };
};

/** Some servers send the bare words. */
const jsonOrText = (message: string): unknown => {
  if (!/^\s*[[{]/.test(message)) return { text: message };
  try {
    return JSON.parse(message);
  } catch (error) {
    throw new ProviderError('misbehaved', 'The ears answer in words that are none of the protocol.', { cause: error });
  }
};

const dialled = async (service: WhisperService, language: string, format: AudioFormat): Promise<WebSocket> => {
  const address = new URL(addressBelow(service.apiUrl, service.path ?? ''));
  address.searchParams.set('language', language.slice(0, 2));
  address.searchParams.set('sample_rate', String(format.sampleRateHertz));
  if (service.model !== undefined) address.searchParams.set('model', service.model);
  const key = await service.apiKey?.();
  return new WebSocket(address.href, {
    ...(service.network ?? publicNetwork()).dialing(address.href),
    ...(key === undefined ? {} : { headers: { authorization: `Bearer ${key}` } }),
    handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
    maxPayload: MAX_MESSAGE_BYTES,
    perMessageDeflate: false,
  });
};

const opened = (socket: WebSocket): Promise<void> =>
  new Promise((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('unexpected-response', (request, { statusCode = 500 }) => {
      request.destroy();
      reject(faultOfStatus(statusCode, ''));
    });
    socket.once('error', (error) => reject(faultOfSocket(error)));
  });

/** What is heard over an open socket, until either side ends it. */
const listening = (socket: WebSocket, format: AudioFormat, gate: ReturnType<typeof createSpeechGate>): Hearing => {
  const overflow = () => new ProviderError('unreachable', 'Nobody reads what was heard.');
  const events = createEventQueue<HearingEvent>(MAX_UNREAD_EVENTS, overflow);
  let dropped = 0;
  let unbilledMs = 0;
  const hear = (message: string): void => {
    try {
      const event = whisperEvent(message);
      if (event === undefined) return;
      events.push(event);
      if (event.type !== 'final') return;
      events.push({ type: 'billed', seconds: unbilledMs / 1000 });
      unbilledMs = 0;
    } catch (error) {
      events.end(error instanceof Error ? error : undefined);
      socket.terminate();
    }
  };
  socket.on('message', (data: Buffer, isBinary) => {
    if (!isBinary) hear(data.toString());
  });
  socket.on('error', (error) => events.end(faultOfSocket(error)));
  socket.on('close', (code) => {
    events.end(code === 1000 ? undefined : new ProviderError('unreachable', `The ears hung up (${code}).`));
  });
  return {
    push: (audio) => {
      // The server tells of words; that somebody has begun to speak must be known before.
      if (gate.push(audio).some(({ type }) => type === 'started')) events.push({ type: 'speech-started' });
      if (socket.readyState !== WebSocket.OPEN || socket.bufferedAmount > MAX_BUFFERED_BYTES) {
        dropped += 1;
        return;
      }
      unbilledMs += durationMs(audio.length, format);
      socket.send(audio);
    },
    events: events.items,
    droppedFrames: () => dropped,
    close: () => {
      events.end();
      socket.close(1000);
    },
  };
};

/**
 * A Whisper-style server: PCM goes in as binary frames, transcripts come back as JSON texts (`{text, is_final}` or
 * `{type: 'partial'|'final', text}`). It decides itself when a pause ends an utterance.
 */
export const whisperEars = (service: WhisperService): SpeechToText => ({
  formats: [{ encoding: 'pcm16', sampleRateHertz: service.sampleRateHertz }],
  open: async ({ format, language, endpointing }, signal) => {
    const socket = await dialled(service, language, format);
    const hearing = listening(socket, format, createSpeechGate(format, endpointing));
    const abort = (): void => {
      // Whoever lets go of ears hears nothing any more, no error either.
      hearing.close();
      socket.terminate();
    };
    signal.addEventListener('abort', abort, { once: true });
    await opened(socket);
    return hearing;
  },
});
