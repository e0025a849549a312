import { TransactWriteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { CallEntry } from '../../calls/call.ts';
import { countersOf } from '../../calls/call-rows.ts';
import { isConditionFailure } from '../../kernel/document-dynamodb.ts';
import type { SessionId } from '../../kernel/ids.ts';
import { type AttributeChange, updateParts } from '../../kernel/update-expression.ts';
import { conversationKey, directoryEntry } from '../../messages/conversations-dynamodb.ts';
import { EMPTY_CALL_TALLY, withEntries } from '../../statistics/call-tally.ts';
import { endCall } from '../../statistics/end-call-dynamodb.ts';
import { FencedError } from '../keeper/call-keeper.ts';
import { cancellationCodes } from './opening-dynamodb.ts';
import { sessionKey, spendKey } from './session-keys.ts';
import type { OwnerKey, ParkWrite, RecordWrite, SessionStore } from './session-store.ts';
import { fenceOf, type StoreContext } from './store-context-dynamodb.ts';
import type { VoiceSession } from './voice-session.ts';

/** DynamoDB takes 100 writes in a transaction; three are the session's, the call's and the tenant's day. */
const ENTRIES_AT_ONCE = 90;
/** The tenant's other calls write the same day's item; a few attempts let all of them through. */
const ATTEMPTS = 5;
/** A day's spending is looked at on that day only. */
const SPEND_KEPT_SECONDS = 3 * 86_400;

type ConversationId = Parameters<typeof conversationKey>[0];

/** Writes entries, checkpoint and cost in one transaction that only the owner in charge can make. */
export const recordCall =
  (context: StoreContext): SessionStore['record'] =>
  async (owner, session, write) => {
    let known = session;
    for (const entries of chunks(write.entries))
      known = await recordChunk(context, owner, known, { ...write, entries });
    return known;
  };

const chunks = (entries: readonly CallEntry[]): (readonly CallEntry[])[] =>
  Array.from({ length: Math.max(1, Math.ceil(entries.length / ENTRIES_AT_ONCE)) }, (_, index) =>
    entries.slice(index * ENTRIES_AT_ONCE, (index + 1) * ENTRIES_AT_ONCE),
  );

const recordChunk = async (
  context: StoreContext,
  owner: OwnerKey,
  session: VoiceSession,
  write: Written,
): Promise<VoiceSession> => {
  let known = session;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const outcome = await transact(context, owner, known, write);
    if (outcome === 'written') return advanced(known, write);
    known = await stillOwned(context, owner);
    if (known.status === 'parked') return known;
  }
  throw new Error(`The record of call ${owner.callId} was in conflict too often.`);
};

/** `transfer`: with this write the owner lets go of the call. */
type Written = RecordWrite & Partial<Pick<ParkWrite, 'transfer'>>;

const advanced = (session: VoiceSession, { checkpoint, spentMicroUsd, entries, transfer }: Written): VoiceSession => ({
  ...session,
  ...(transfer === undefined ? {} : { status: 'parked', transfer }),
  checkpoint,
  recorded: Math.max(session.recorded, ...entries.map(({ seq }) => seq + 1)),
  spentMicroUsd: Math.max(session.spentMicroUsd, spentMicroUsd),
  tally: withEntries(
    session.tally ?? EMPTY_CALL_TALLY,
    entries.filter(({ seq }) => seq >= session.recorded),
  ),
});

/** The session as it is, after a refusal: our own write of before may have gone through unheard. */
const stillOwned = async ({ find }: StoreContext, { callId, epoch }: OwnerKey): Promise<VoiceSession> => {
  const session = await find(callId);
  const isParked = session?.status === 'parked' && session.transfer?.epoch === epoch;
  if (session?.claimedEpoch !== epoch || (session.status !== 'open' && !isParked)) throw new FencedError(callId);
  return session;
};

const transact = async (
  { env, client }: StoreContext,
  owner: OwnerKey,
  session: VoiceSession,
  write: Written,
): Promise<'written' | 'refused'> => {
  const fresh = write.entries.filter(({ seq }) => seq >= session.recorded);
  const next = advanced(session, write);
  const update = updateParts(
    [
      { path: ['checkpoint'], value: write.checkpoint },
      { path: ['recorded'], value: next.recorded },
      { path: ['spentMicroUsd'], value: next.spentMicroUsd },
      { path: ['tally'], value: next.tally },
      ...parking(write, ['status'], 'parked'),
      ...parking(write, ['transfer'], write.transfer),
    ],
    [
      ...fenceOf(owner),
      { path: ['recorded'], equals: session.recorded },
      { path: ['spentMicroUsd'], equals: session.spentMicroUsd },
    ],
  );
  const TransactItems = [
    { Update: { TableName: env.VOICE_SESSIONS_TABLE, Key: sessionKey(owner.callId), ...update } },
    { Update: callProgress(env.CALLS_TABLE, session, write, fresh) },
    ...spending(env.VOICE_SESSIONS_TABLE, session, next.spentMicroUsd - session.spentMicroUsd, write.nowMs),
    ...entryPuts(env.CONVERSATIONS_TABLE, session, fresh, write.nowMs),
  ];
  try {
    await client.send(new TransactWriteCommand({ TransactItems }));
    return 'written';
  } catch (error) {
    if (cancellationCodes(error)?.some((code) => code === 'ConditionalCheckFailed' || code === 'TransactionConflict')) {
      return 'refused';
    }
    throw error;
  }
};

const parking = ({ transfer }: Written, path: readonly string[], value: unknown): AttributeChange[] =>
  transfer === undefined ? [] : [{ path, value }];

/** Counters and cost of the call's row. */
const callProgress = (
  TableName: string,
  { userId, callId }: VoiceSession,
  write: Written,
  entries: readonly CallEntry[],
) => ({
  TableName,
  Key: { userId, callId },
  ...updateParts(
    [
      { path: ['cost'], value: write.checkpoint.cost },
      { path: ['engine'], value: write.checkpoint.engine },
      ...parking(write, ['transfer'], write.transfer),
    ],
    [{ path: ['callId'], exists: true }],
    countersOf(entries),
  ),
});

export const spending = (TableName: string, { userId }: VoiceSession, growth: number, nowMs: number) =>
  growth <= 0
    ? []
    : [
        {
          Update: {
            TableName,
            Key: spendKey(userId, nowMs),
            UpdateExpression: 'ADD microUsd :growth SET expiresAt = :expiresAt',
            ExpressionAttributeValues: {
              ':growth': growth,
              ':expiresAt': Math.floor(nowMs / 1000) + SPEND_KEPT_SECONDS,
            },
          },
        },
      ];

/** Entries lie where the turns of chats lie, and the agent's directory names them: who erases the agent finds both. */
export const entryPuts = (
  TableName: string | undefined,
  session: Pick<VoiceSession, 'userId' | 'agentId' | 'callId' | 'startedAtMs' | 'recordsExpireAt'>,
  entries: readonly CallEntry[],
  nowMs: number,
) => {
  const key = { ...session, sessionId: session.callId as string as SessionId } as unknown as ConversationId;
  const expiresAt = session.recordsExpireAt;
  const rows = entries.map((entry) => ({
    conversationKey: conversationKey(key),
    turn: entry.seq,
    ...entry,
    expiresAt,
  }));
  const first = entries.some(({ seq }) => seq === 0);
  const directory = first ? [directoryEntry(key, Math.floor(session.startedAtMs / 1000), expiresAt)] : [];
  return [...rows, ...directory].map((Item) => ({
    Put: { TableName, Item: { ...Item, createdAt: Math.floor(nowMs / 1000) } },
  }));
};

/** Writes what is left and takes the call from its owner, then frees the lines: others may speak while a person does. */
export const parkCall =
  (context: StoreContext, release: (callId: OwnerKey['callId']) => Promise<void>): SessionStore['park'] =>
  async (owner, session, { transfer, ...write }) => {
    const parts = chunks(write.entries);
    let known = await stillOwned(context, owner);
    for (const [index, entries] of known.status === 'parked' ? [] : parts.entries()) {
      const isLast = index === parts.length - 1;
      const part = { ...write, entries, ...(isLast ? { transfer } : {}) };
      known = await recordChunk(context, owner, { ...session, ...known }, part);
    }
    await release(owner.callId);
    return known;
  };

/** Writes what is left, ends session and call, then frees the lines. */
export const finishCall =
  (context: StoreContext, release: (callId: OwnerKey['callId']) => Promise<void>): SessionStore['finish'] =>
  async (owner, session, { status, reason, contextOverride, ...write }) => {
    const { find, env } = context;
    const now = await find(owner.callId);
    if (now?.claimedEpoch !== owner.epoch) throw new FencedError(owner.callId);
    let { tally } = now;
    if (now.status === 'open') {
      const spentMicroUsd = Object.values(write.checkpoint.cost).reduce((sum, part) => sum + part, 0);
      ({ tally } = await recordCall(context)(owner, { ...session, ...now }, { ...write, spentMicroUsd }));
      await changeRow(context, env.VOICE_SESSIONS_TABLE, sessionKey(owner.callId), {
        changes: [{ path: ['status'], value: 'ended' }],
        conditions: fenceOf(owner),
      });
    }
    await release(owner.callId);
    const transition = status === 'completed' ? 'complete' : 'fail';
    const change = {
      endedAtMs: write.nowMs,
      endReason: reason,
      ...(status === 'failed' ? { failure: FAILURE } : {}),
      ...(contextOverride === undefined ? {} : { contextOverride }),
    };
    await endCall(context, now, transition, change, { tally });
  };

const FAILURE = 'The call broke off on our side. What was said until then is kept.';

const changeRow = async (
  { client }: Pick<StoreContext, 'client'>,
  TableName: string,
  Key: Record<string, unknown>,
  {
    changes,
    conditions,
  }: {
    readonly changes: readonly AttributeChange[];
    readonly conditions: Parameters<typeof updateParts>[1];
  },
): Promise<void> => {
  await client
    .send(new UpdateCommand({ TableName, Key, ...updateParts(changes, conditions) }))
    .catch((error: unknown) => (isConditionFailure(error) ? undefined : Promise.reject(error)));
};
