import WebSocket from 'ws';
import { decodeMuLaw } from '../../audio/mulaw.ts';
import { basicAuth } from '../twilio/account.ts';
import { FRAME_MS } from '../twilio/line.ts';
import type { PhoneAccess } from './phone.ts';

export interface Heard {
  /** µ-law at 8 kHz, from the answer to the hanging up. */
  readonly heard: Uint8Array;
  /** Whether something was said after the question. */
  readonly answered: boolean;
}

/** Quieter than any voice: what is left of silence after µ-law. */
const QUIET = 200;
/** Longer than any pause within an answer. */
const SILENCE_MS = 2500;
/** A caller whom nobody says anything to hangs up. */
const PATIENCE_MS = 30_000;

const isVoiced = (frame: Uint8Array): boolean => decodeMuLaw(frame).some((sample) => Math.abs(sample) > QUIET);

/** What the embedded line tells the phone: how the call stands, and at its end the words of notices that needed no agent. */
interface PhoneNews {
  readonly status: string;
  readonly said?: readonly string[];
}

const linesOf = ({ status, said = [] }: PhoneNews): readonly string[] => [
  ...said.map((words) => `heard   ${words}`),
  status === 'in-progress' ? 'on line' : `ended   ${status}`,
];

/** Rings, waits for the greeting, asks, waits for the answer, hangs up. Throws when nobody takes the call. */
export async function ring(
  access: PhoneAccess,
  from: string,
  question: Uint8Array,
  print: (line: string) => void,
): Promise<Heard> {
  const { promise, resolve, reject } = Promise.withResolvers<Heard>();
  const query = new URLSearchParams({ from, to: access.number });
  const socket = new WebSocket(`${access.url.replace(/^http/, 'ws')}/phone?${query.toString()}`, {
    headers: { authorization: basicAuth(access) },
  });
  const frames: Uint8Array[] = [];
  const voice = { spoken: false, quietMs: 0, asked: false, answered: false };
  const end = (): void => resolve({ heard: Buffer.concat(frames), answered: voice.answered });
  const hear = (frame: Uint8Array): void => {
    frames.push(frame);
    const voiced = isVoiced(frame);
    voice.quietMs = voiced ? 0 : voice.quietMs + FRAME_MS;
    voice.spoken ||= voiced;
    if (voice.quietMs < (voice.spoken ? SILENCE_MS : PATIENCE_MS)) return;
    if (voice.asked || !voice.spoken) {
      voice.answered = voice.spoken;
      print(voice.spoken ? 'hung up' : 'nobody says anything');
      socket.close();
      return;
    }
    print('asking');
    Object.assign(voice, { asked: true, spoken: false, quietMs: -(question.length / 8) });
    socket.send(question);
  };
  socket.on('message', (data, isBinary) => {
    if (isBinary) return hear(data as Buffer);
    for (const line of linesOf(JSON.parse((data as Buffer).toString('utf8')) as PhoneNews)) print(line);
  });
  socket.once('error', (error) => reject(new Error(`The phone is dead: ${error.message}`, { cause: error })));
  socket.once('close', end);
  print(`ringing ${access.number}`);
  return promise;
}
