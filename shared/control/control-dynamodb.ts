import { type DynamoDBDocumentClient, GetCommand, TransactWriteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { documentClient, isConditionFailure } from '../kernel/document-dynamodb.ts';
import { type Condition, updateParts } from '../kernel/update-expression.ts';
import type { ControlRow } from '../voice/stores/control-dynamodb.ts';
import { cancellationCodes } from '../voice/stores/opening-dynamodb.ts';
import { commandIdKey, commandKey, controlKey, sessionKey } from '../voice/stores/session-keys.ts';
import type { VoiceSession } from '../voice/stores/voice-session.ts';
import { CONTROLLER_LEASE_MS, type Controller, controllerAt, MAX_COMMANDS_A_CALL } from './command.ts';
import type { Accepted, ControlStore, NewCommand } from './control-store.ts';
import { dynamoController } from './controller-dynamodb.ts';

interface ControlEnv {
  readonly VOICE_SESSIONS_TABLE: string;
  /** Needed where facts about calls are changed. */
  readonly CALLS_TABLE?: string;
}

/** Of operators who press at the same time, and of the owner that writes its rows. */
const ATTEMPTS = 6;
/** Longer than any call: what was wanted of it is in its record by then. */
const KEPT_SECONDS = 2 * 86_400;

type Row = Readonly<Record<string, unknown>>;

/** Commands in the sessions table: a row each, one that numbers them, and one that knows them by their id. */
export const dynamoControlStore = (
  env: ControlEnv,
  client: DynamoDBDocumentClient = documentClient(),
): ControlStore => {
  const TableName = env.VOICE_SESSIONS_TABLE;
  const find = async (Key: Row): Promise<Row | undefined> =>
    (await client.send(new GetCommand({ TableName, Key, ConsistentRead: true }))).Item;
  const controlRow = async (callId: string): Promise<Partial<ControlRow>> => (await find(controlKey(callId))) ?? {};
  return {
    accept: async (command) => {
      for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
        const [session, row, known] = await Promise.all([
          find(sessionKey(command.callId)),
          controlRow(command.callId),
          find(commandIdKey(command.callId, command.commandId)),
        ]);
        const decided = decide(command, session as VoiceSession | undefined, row, known);
        if (decided.outcome !== 'accepted' || known !== undefined) return decided;
        const outcome = await write(env, client, command, row, decided);
        if (outcome !== 'again') return outcome === 'written' ? decided : { outcome };
      }
      throw new Error(`A command for call ${command.callId} was in conflict too often.`);
    },
    ...dynamoController(env, client),
    release: async (callId, operator, { force, nowMs }) => {
      const controller = controllerAt((await controlRow(callId)).controller, nowMs);
      if (controller === undefined) return undefined;
      if (controller.operator.id !== operator.id && !force) return controller;
      const conditions = [
        { path: ['controller', 'operator', 'id'], equals: controller.operator.id },
        { path: ['controller', 'untilMs'], equals: controller.untilMs },
      ];
      const update = updateParts([{ path: ['controller', 'untilMs'], value: nowMs }], conditions);
      await client
        .send(new UpdateCommand({ TableName, Key: controlKey(callId), ...update }))
        // Somebody has commanded or released meanwhile: what was to be released is no more.
        .catch((error: unknown) => (isConditionFailure(error) ? undefined : Promise.reject(error)));
      return undefined;
    },
  };
};

/** What becomes of a command, as far as can be known before it is written. */
const decide = (
  command: NewCommand,
  session: VoiceSession | undefined,
  { lastCommand = 0, controller }: Partial<ControlRow>,
  known: Row | undefined,
): Accepted => {
  const { operator, atMs, force, userId } = command;
  const current = controllerAt(controller, atMs);
  const isOthers = current !== undefined && current.operator.id !== operator.id;
  if (session === undefined || session.userId !== userId) return { outcome: 'not-begun' };
  const sinceMs = current === undefined || isOthers ? atMs : current.sinceMs;
  const mine: Controller = { operator, sinceMs, untilMs: atMs + CONTROLLER_LEASE_MS };
  const where = session.ownerConnectionId === undefined ? {} : { ownerConnectionId: session.ownerConnectionId };
  if (known !== undefined)
    return { outcome: 'accepted', seq: Number(known.seq), controller: current ?? mine, ...where };
  if (session.status !== 'open') return { outcome: session.status };
  if (current !== undefined && isOthers && !force) return { outcome: 'controlled', controller: current };
  if (lastCommand >= MAX_COMMANDS_A_CALL) return { outcome: 'too-many' };
  return { outcome: 'accepted', seq: lastCommand + 1, controller: mine, ...where };
};

/** All or nothing, while the call is open, and only if nobody has commanded since. */
const write = async (
  env: ControlEnv,
  client: DynamoDBDocumentClient,
  command: NewCommand,
  row: Partial<ControlRow>,
  { seq, controller }: Extract<Accepted, { outcome: 'accepted' }>,
): Promise<'written' | 'ended' | 'changed' | 'again'> => {
  const TableName = env.VOICE_SESSIONS_TABLE;
  const { callId, userId: _user, force: _force, facts: _facts, ...wish } = command;
  const expiresAt = Math.floor(command.atMs / 1000) + KEPT_SECONDS;
  const isFirst = row.lastCommand === undefined;
  const unchanged: Condition = isFirst
    ? { path: ['lastCommand'], exists: false }
    : { path: ['lastCommand'], equals: row.lastCommand };
  const changes = Object.entries({ lastCommand: seq, controller, expiresAt });
  const control = updateParts(
    changes.map(([name, value]) => ({ path: [name], value })),
    [unchanged],
  );
  const TransactItems = [
    {
      ConditionCheck: {
        TableName,
        Key: sessionKey(callId),
        ConditionExpression: '#status = :open',
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: { ':open': 'open' },
      },
    },
    { Update: { TableName, Key: controlKey(callId), ...control } },
    { Put: { TableName, Item: { ...commandKey(callId, seq), command: { ...wish, seq }, expiresAt } } },
    { Put: { TableName, Item: { ...commandIdKey(callId, command.commandId), seq, expiresAt } } },
    ...factsUpdate(env, command),
  ];
  try {
    await client.send(new TransactWriteCommand({ TransactItems }));
    return 'written';
  } catch (error) {
    const codes = cancellationCodes(error);
    if (codes === undefined) throw error;
    if (codes[0] === 'ConditionalCheckFailed') return 'ended';
    if (codes[4] === 'ConditionalCheckFailed') return 'changed';
    if (codes.some((code) => code === 'ConditionalCheckFailed' || code === 'TransactionConflict')) return 'again';
    throw error;
  }
};

/** The call's row shows what its owner is told. */
const factsUpdate = ({ CALLS_TABLE: TableName }: ControlEnv, { callId, userId, facts }: NewCommand) => {
  if (facts === undefined) return [];
  const path = ['contextEdits'];
  const unchanged: Condition = facts.edits === 0 ? { path, exists: false } : { path, equals: facts.edits };
  const changes = [
    { path: ['contextOverride'], value: facts.after },
    { path, value: facts.edits + 1 },
  ];
  const parts = updateParts(changes, [unchanged]);
  return [{ Update: { TableName, Key: { userId, callId }, ...parts } }];
};
