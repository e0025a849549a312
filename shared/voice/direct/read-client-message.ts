import { type AudioFormat, durationMs } from '../../../audio/format.ts';
import { pointer } from '../../http/pointer.ts';
import {
  ClientMessage,
  MAX_FRAME_BYTES,
  MAX_FRAME_MS,
  MIN_FRAME_MS,
  type ServerMessage,
} from '../protocol/messages.ts';

export type ProblemNotice = Extract<ServerMessage, { type: 'problem' }>;

export type ReadMessage =
  | { readonly kind: 'message'; readonly message: ClientMessage }
  /** Not understood; the connection goes on. */
  | { readonly kind: 'bad'; readonly problem: ProblemNotice }
  /** The connection must end with the problem's `closeCode`. */
  | { readonly kind: 'fatal'; readonly problem: ProblemNotice };

/** Reads one frame of a client. Never throws. */
export function readClientMessage(data: Uint8Array, isBinary: boolean): ReadMessage {
  if (isBinary) return { kind: 'fatal', problem: { ...NOT_TEXT, closeCode: 4400 } };
  if (data.length > MAX_FRAME_BYTES) return { kind: 'fatal', problem: { ...TOO_LARGE, closeCode: 4413 } };
  const value = parseJson(data);
  if (value === undefined) return { kind: 'bad', problem: badMessage('The message is not JSON.', []) };
  const parsed = ClientMessage.safeParse(value);
  if (parsed.success) return { kind: 'message', message: parsed.data };
  const errors = parsed.error.issues
    .slice(0, MAX_ERRORS)
    .map((issue) => ({ pointer: pointer(...issue.path.map(String)), message: issue.message }));
  return { kind: 'bad', problem: badMessage('The message does not match its schema.', errors) };
}

const MAX_ERRORS = 5;

const NOT_TEXT: ProblemNotice = {
  type: 'problem',
  code: 'invalid-message',
  title: 'The message was not understood',
  detail: 'Frames must be text.',
  retryable: false,
};

const TOO_LARGE: ProblemNotice = {
  type: 'problem',
  code: 'message-too-large',
  title: 'The message is too large',
  detail: `At most ${MAX_FRAME_BYTES} bytes a frame.`,
  retryable: false,
};

const badMessage = (detail: string, errors: NonNullable<ProblemNotice['errors']>): ProblemNotice => ({
  ...NOT_TEXT,
  detail,
  ...(errors.length === 0 ? {} : { errors }),
});

function parseJson(data: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(data.buffer, data.byteOffset, data.length).toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}

/** The samples of an audio message, or why they can't be such: 20 to 100 ms of whole samples in the announced format. */
export function readAudio(base64: string, format: AudioFormat): Uint8Array | ProblemNotice {
  const audio = Buffer.from(base64, 'base64');
  if (audio.length % 2 !== 0) return badAudio('PCM of 16 bits has an even number of bytes.');
  const ms = durationMs(audio.length, format);
  if (ms < MIN_FRAME_MS || ms > MAX_FRAME_MS) {
    return badAudio(
      `${ms} ms at ${format.sampleRateHertz} Hz: a frame is ${MIN_FRAME_MS} to ${MAX_FRAME_MS} ms of the announced rate.`,
    );
  }
  return audio;
}

const badAudio = (message: string): ProblemNotice =>
  badMessage('The audio is not what was announced.', [{ pointer: '/audio', message }]);
