import { createHash } from 'node:crypto';
import { callWatchKey } from '../../live/watch-rows.ts';
import type { VoiceConnection, VoiceSession } from './voice-session.ts';

/** Keys of the sessions table (PK `sessionKey`). */
export const sessionKey = (callId: string) => ({ sessionKey: `call#${callId}` });
export const connectionKey = (connectionId: string) => ({ sessionKey: `connection#${connectionId}` });
export const ticketKey = (tokenHash: string) => ({ sessionKey: `ticket#${tokenHash}` });
/** Who controls a call, and how many commands it has had. */
export const controlKey = (callId: string) => ({ sessionKey: `control#${callId}` });
/** One command of an operator; numbered from 1. */
export const commandKey = (callId: string, seq: number) => ({ sessionKey: `command#${callId}#${seq}` });
/** That a command was accepted, by its id. */
export const commandIdKey = (callId: string, commandId: string) => ({
  sessionKey: `command-id#${callId}#${commandId}`,
});
/** Who watches a call (`shared/live/watch-rows.ts`). */
export const watchKey = (callId: string) => ({ sessionKey: callWatchKey(callId) });
/** What an agent is told for now, as long as a call may go on that began before. */
export const liveContextKey = (userId: string, agentId: string) => ({ sessionKey: `context#${userId}#${agentId}` });
/** With which revision of its row an agent's voice was changed last, as long as a call may go on that began before. */
export const settingsKey = (userId: string, agentId: string) => ({ sessionKey: `settings#${userId}#${agentId}` });
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
