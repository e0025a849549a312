import fc from 'fast-check';

const audioOf = (bytes: number): string => Buffer.alloc(bytes).toString('base64');

/** A frame that no client should send, and what it is answered with. */
export interface BadFrame {
  readonly name: string;
  readonly frame: object | string;
  /** Fields of the problem. */
  readonly problem: object;
}

const invalid = (pointer?: string) => ({
  code: 'invalid-message',
  retryable: false,
  ...(pointer === undefined ? {} : { errors: [{ pointer }] }),
});
const audio = (sound: unknown, seq: unknown = 0) => ({ type: 'audio', seq, audio: sound });

/** Each is answered with a problem while the connection goes on. */
export const BAD_FRAMES: readonly BadFrame[] = [
  { name: 'no JSON', frame: '{"type":"audio"', problem: invalid() },
  { name: 'no object', frame: '[1,2,3]', problem: invalid() },
  { name: 'an unknown type', frame: { type: 'audio.delta' }, problem: invalid('/type') },
  { name: 'bad base64', frame: audio('@@not base64@@'), problem: invalid('/audio') },
  { name: 'a number that goes backwards', frame: audio(audioOf(1280), -1), problem: invalid('/seq') },
];
/** Told by the owner, who knows the rate. */
export const BAD_AUDIO: readonly BadFrame[] = [
  { name: 'a frame of another rate', frame: audio(audioOf(4 * 1280)), problem: invalid('/audio') },
  { name: 'a frame that is too short', frame: audio(audioOf(64), 1), problem: invalid('/audio') },
  { name: 'half a sample', frame: audio(audioOf(1281), 2), problem: invalid('/audio') },
];

const TYPES = [
  'audio',
  'text',
  'dtmf',
  'playback',
  'ping',
  'session.start',
  'session.resume',
  'session.end',
  'nothing',
];
const FIELDS = {
  type: fc.oneof(fc.constantFrom(...TYPES), fc.string(), fc.anything()),
  seq: fc.oneof(fc.nat(), fc.integer(), fc.double(), fc.string()),
  audio: fc.oneof(fc.constant(audioOf(1280)), fc.base64String(), fc.string(), fc.anything()),
  text: fc.oneof(fc.string(), fc.string({ minLength: 1001 }), fc.anything()),
  digits: fc.oneof(fc.stringMatching(/^[0-9*#A-D]{1,40}$/), fc.anything()),
  turn: fc.oneof(fc.nat(), fc.integer()),
  playedMs: fc.oneof(fc.nat(), fc.double()),
  callId: fc.oneof(fc.uuid(), fc.string()),
  resumeToken: fc.string(),
  lastPlayedSeq: fc.integer(),
  inputSampleRateHertz: fc.oneof(fc.constantFrom(8000, 16_000, 44_100), fc.anything()),
  contextOverride: fc.oneof(fc.dictionary(fc.string(), fc.jsonValue()), fc.anything()),
  id: fc.anything(),
};

/** Whatever somebody may send: messages nearly right, JSON of any shape, and no JSON at all. */
export const anyFrame: fc.Arbitrary<string> = fc.oneof(
  { weight: 6, arbitrary: fc.record(FIELDS, { requiredKeys: ['type'] }).map(asJson) },
  { weight: 2, arbitrary: fc.json() },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 300 }) },
  { weight: 1, arbitrary: fc.constantFrom('', '{', 'null', '{"__proto__":{"type":"ping"}}', '{"type":"ping"}') },
);

/** Undefined for what JSON has no words for. */
function asJson(value: unknown): string {
  try {
    return JSON.stringify(value) ?? 'undefined';
  } catch {
    return 'undefined';
  }
}
