import type { AudioFormat } from '../../../../audio/format.ts';
import { ProviderError } from '../../../providers/provider-error.ts';
import { evenPieces } from './pieces.ts';
import { bodyBytes } from './provider-request.ts';

/** `audio/pcm;rate=24000`, `audio/L16; rate=24000` (RFC 2586). */
const RATE = /^audio\/(?:pcm|l16)\b.*\brate=(\d+)/i;
const COMPRESSED = /^(?:audio\/(?:mpeg|mp3|ogg|opus|aac|flac|webm)|video\/)/i;

/** How a sound file begins that is no bare PCM, by its first bytes. */
const FILES: readonly (readonly [name: string, begins: (bytes: Buffer) => boolean])[] = [
  ['a WAV file', (bytes) => bytes.toString('latin1', 0, 4) === 'RIFF'],
  ['MP3', (bytes) => bytes.toString('latin1', 0, 3) === 'ID3'],
  ['Ogg', (bytes) => bytes.toString('latin1', 0, 4) === 'OggS'],
  ['FLAC', (bytes) => bytes.toString('latin1', 0, 4) === 'fLaC'],
  ['JSON', (bytes) => /^\s*\{\s*"/.test(bytes.toString('latin1', 0, 16))],
  ['a page', (bytes) => /^\s*<(?:!doctype|html)/i.test(bytes.toString('latin1', 0, 32))],
];

const misbehaved = (what: string): ProviderError => new ProviderError('misbehaved', what);

/** Throws when the answer says that it is something else than PCM of this rate: it would be a burst of noise in the caller's ear. */
const demandPcm = (type: string, { sampleRateHertz }: AudioFormat): void => {
  if (/json|html|^text\//i.test(type)) throw misbehaved(`Speech came as ${type}.`);
  if (COMPRESSED.test(type)) throw misbehaved(`Speech came as ${type}; PCM was asked for.`);
  const rate = RATE.exec(type)?.[1];
  if (rate !== undefined && Number(rate) !== sampleRateHertz) {
    throw misbehaved(`Speech came at ${rate} Hz; ${sampleRateHertz} Hz was asked for.`);
  }
};

/** What the WAV header that came instead of bare PCM says of its rate. */
const WAV_RATE_AT = 24;

const demandBare = (first: Buffer, { sampleRateHertz }: AudioFormat): void => {
  const [name] = FILES.find(([, begins]) => begins(first)) ?? [];
  if (name === undefined) return;
  const rate = name === 'a WAV file' && first.length >= WAV_RATE_AT + 4 ? first.readUInt32LE(WAV_RATE_AT) : undefined;
  const at = rate !== undefined && rate !== sampleRateHertz ? ` at ${rate} Hz` : '';
  throw misbehaved(`Speech came as ${name}${at}; bare PCM of ${sampleRateHertz} Hz was asked for.`);
};

/** Enough to know a file by. */
const HEAD_BYTES = 32;

/**
 * The PCM of an answer in whole samples, as it comes. Throws `ProviderError` `misbehaved` when it is another format by
 * its content type or its first bytes, or when there is no sound in it at all.
 */
export async function* pcmAnswer(response: Response, format: AudioFormat): AsyncGenerator<Uint8Array, void> {
  demandPcm(response.headers.get('content-type') ?? '', format);
  let head: Buffer | undefined = Buffer.alloc(0);
  let bytes = 0;
  async function* checked(): AsyncGenerator<Uint8Array, void> {
    for await (const piece of bodyBytes(response)) {
      bytes += piece.length;
      if (head === undefined) {
        yield piece;
        continue;
      }
      head = Buffer.concat([head, piece]);
      if (head.length < HEAD_BYTES) continue;
      demandBare(head, format);
      yield head;
      head = undefined;
    }
    if (head !== undefined && head.length > 0) {
      demandBare(head, format);
      yield head;
    }
  }
  yield* evenPieces(checked());
  if (bytes === 0) throw misbehaved('The service answered without any sound.');
}
