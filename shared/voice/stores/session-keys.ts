import { createHash } from 'node:crypto';
import type { VoiceConnection, VoiceSession } from './voice-session.ts';

/** Keys of the sessions table (PK `sessionKey`). */
export const sessionKey = (callId: string) => ({ sessionKey: `call#${callId}` });
export const connectionKey = (connectionId: string) => ({ sessionKey: `connection#${connectionId}` });
export const ticketKey = (tokenHash: string) => ({ sessionKey: `ticket#${tokenHash}` });
export const LINES_KEY = { sessionKey: 'lines' };
/** One item a tenant and UTC day. */
export const spendKey = (userId: string, nowMs: number) => ({
  sessionKey: `spend#${userId}#${new Date(nowMs).toISOString().slice(0, 10)}`,
});

/** Of a second line, while two streams of a call overlap. */
export const extraLineId = (callId: string): string => `${callId}+`;

/** SHA-256, hexadecimal: secrets of 256 random bits need no slow hash. */
export const hashOfToken = (token: string): string => createHash('sha256').update(token).digest('hex');

type Row = Record<string, unknown> | undefined;

/** A row without its key; undefined when there is none. */
const withoutKey = <T>(row: Row): T | undefined => {
  if (row === undefined) return undefined;
  const { sessionKey: _key, ...rest } = row;
  return rest as T;
};

export const sessionOf = (row: Row): VoiceSession | undefined => withoutKey<VoiceSession>(row);
export const connectionOf = (row: Row): VoiceConnection | undefined => withoutKey<VoiceConnection>(row);
