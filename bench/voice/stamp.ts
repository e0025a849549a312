/**
 * Frames of near silence that say who sent them, their number and when. Each sample holds four bits, so that no
 * detector of speech takes them for sound, and any stretch of PCM16 can be searched for them.
 */
export interface Stamp {
  /** Of the one who sent it: a caller, or one utterance of the model. */
  readonly source: number;
  readonly seq: number;
  readonly sentUs: number;
}

const MAGIC = [9, 14, 3, 12, 7, 11];
const SOURCE_DIGITS = 4;
const SEQ_DIGITS = 6;
/** Enough for the microseconds of 140 years. */
const TIME_DIGITS = 13;
const SAMPLES = MAGIC.length + SOURCE_DIGITS + SEQ_DIGITS + TIME_DIGITS;

const pcmOf = (digits: readonly number[]): Buffer => Buffer.from(digits.flatMap((digit) => [digit, 0]));
const MAGIC_PCM = pcmOf(MAGIC);

const digitsOf = (value: number, count: number): number[] =>
  Array.from({ length: count }, (_, digit) => Math.floor(value / 16 ** (count - 1 - digit)) % 16);

function valueAt(pcm: Buffer, offset: number, count: number): number {
  let value = 0;
  for (let digit = 0; digit < count; digit++) value = value * 16 + (pcm[offset + digit * 2] ?? 0);
  return value;
}

/** One clock for all processes of the machine (`CLOCK_MONOTONIC`), in microseconds. */
export const nowUs = (): number => Number(process.hrtime.bigint() / 1000n);

/** A frame of PCM16 of this many bytes, at least 58. */
export function stampedFrame({ source, seq, sentUs }: Stamp, bytes: number): Buffer {
  const digits = [
    ...MAGIC,
    ...digitsOf(source, SOURCE_DIGITS),
    ...digitsOf(seq, SEQ_DIGITS),
    ...digitsOf(sentUs, TIME_DIGITS),
  ];
  return Buffer.concat([pcmOf(digits)], bytes);
}

/** Finds the stamps in a stream of PCM16, however it is cut into pieces. */
export function stampReader(onStamp: (stamp: Stamp) => void): (pcm: Uint8Array) => void {
  let rest: Buffer = Buffer.alloc(0);
  return (bytes) => {
    const pcm = Buffer.concat([rest, bytes]);
    let from = 0;
    for (;;) {
      const at = pcm.indexOf(MAGIC_PCM, from);
      if (at === -1) {
        // The beginning of a stamp may be at the very end.
        rest = pcm.subarray(Math.max(from, pcm.length - MAGIC_PCM.length + 1));
        return;
      }
      if (pcm.length < at + SAMPLES * 2) {
        rest = pcm.subarray(at);
        return;
      }
      const source = at + MAGIC.length * 2;
      const seq = source + SOURCE_DIGITS * 2;
      const time = seq + SEQ_DIGITS * 2;
      onStamp({
        source: valueAt(pcm, source, SOURCE_DIGITS),
        seq: valueAt(pcm, seq, SEQ_DIGITS),
        sentUs: valueAt(pcm, time, TIME_DIGITS),
      });
      from = at + SAMPLES * 2;
    }
  };
}

/** The stamp at the beginning of a message's base64 audio, without decoding the rest. */
export function stampOfMessage(json: string, before = '"audio":"'): Stamp | undefined {
  const at = json.indexOf(before);
  if (at === -1) return undefined;
  let found: Stamp | undefined;
  const from = at + before.length;
  const head = json.slice(from, from + Math.ceil((SAMPLES * 2) / 3) * 4);
  stampReader((stamp) => {
    found = stamp;
  })(Buffer.from(head, 'base64'));
  return found;
}
