import { BatchGetCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { CallCommand, Controller } from '../../control/command.ts';
import type { LiveContext } from '../../control/live-context.ts';
import { watchersOfRow } from '../../live/watch-rows.ts';
import { COMMANDS_A_LOOK } from '../keeper/call-keeper.ts';
import { commandKey, controlKey, liveContextKey, settingsKey, watchKey } from './session-keys.ts';
import type { SessionStore } from './session-store.ts';
import type { SessionsEnv } from './store-context-dynamodb.ts';

/** Row `control#{callId}`: written with each command, in one transaction with the command's own row. */
export interface ControlRow {
  /** Number of the newest command. */
  readonly lastCommand?: number;
  readonly controller?: Controller;
  /** Unix seconds; DynamoDB's TTL. */
  readonly expiresAt: number;
}

type Row = Readonly<Record<string, unknown>>;

/**
 * What people outside want of a call. Four small rows in one read, eventually consistent unless the owner was told that
 * something is new; commands are read only when
 * the number says that there are new ones, and strongly consistent then.
 */
export const lookFromOutside =
  (
    { VOICE_SESSIONS_TABLE }: Pick<SessionsEnv, 'VOICE_SESSIONS_TABLE'>,
    client: DynamoDBDocumentClient,
  ): SessionStore['look'] =>
  async ({ callId, userId, agentId }, { afterCommand, afterContext = 0, isTold = false }, nowMs) => {
    const read = readRows(VOICE_SESSIONS_TABLE, client);
    const ofAgent = [liveContextKey(userId, agentId), settingsKey(userId, agentId)];
    const keys = [controlKey(callId), watchKey(callId), ...ofAgent];
    const [control, watch, live, settings] = await read(keys, isTold);
    const { lastCommand = 0, controller } = (control ?? {}) as Partial<ControlRow>;
    const context = live?.live as LiveContext | undefined;
    return {
      commands: await newCommands(read, callId, afterCommand, lastCommand),
      contextVersion: context?.version ?? 0,
      settingsVersion: Number(settings?.version ?? 0),
      ...(context !== undefined && context.version > afterContext ? { context } : {}),
      watchers: watchersOfRow(watch, nowMs),
      ...(controller === undefined ? {} : { controller }),
    };
  };

type ReadRows = (
  keys: readonly { readonly sessionKey: string }[],
  isConsistent: boolean,
) => Promise<readonly (Row | undefined)[]>;

/** In the order of the keys. Throws when DynamoDB leaves some out: what is asked each second is asked again. */
const readRows =
  (table: string, client: DynamoDBDocumentClient): ReadRows =>
  async (keys, ConsistentRead) => {
    const request = { [table]: { Keys: [...keys], ConsistentRead } };
    const { Responses, UnprocessedKeys } = await client.send(new BatchGetCommand({ RequestItems: request }));
    if (Object.keys(UnprocessedKeys ?? {}).length > 0) throw new Error('DynamoDB left out rows of a call.');
    const rows = (Responses?.[table] ?? []) as Row[];
    return keys.map(({ sessionKey }) => rows.find((row) => row.sessionKey === sessionKey));
  };

/** Up to the first that is not there, which cannot be: a command and its number are written together. */
const newCommands = async (
  read: ReadRows,
  callId: string,
  after: number,
  last: number,
): Promise<readonly CallCommand[]> => {
  const count = Math.min(last - after, COMMANDS_A_LOOK);
  if (count <= 0) return [];
  const keys = Array.from({ length: count }, (_, index) => commandKey(callId, after + 1 + index));
  const rows = await read(keys, true);
  const missing = rows.indexOf(undefined);
  return rows.slice(0, missing === -1 ? undefined : missing).map((row) => row?.command as CallCommand);
};
