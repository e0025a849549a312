import { setTimeout } from 'node:timers/promises';
import { type DynamoDBDocumentClient, GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { CallId } from '../../calls/call.ts';
import { transitionOf } from '../../calls/call-rows.ts';
import { documentClient, isConditionFailure } from '../../kernel/document-dynamodb.ts';
import { type AttributeChange, type Condition, updateParts } from '../../kernel/update-expression.ts';
import { endCall } from '../../statistics/end-call-dynamodb.ts';
import { FencedError, LEASE_MS } from '../keeper/call-keeper.ts';
import { lookFromOutside } from './control-dynamodb.ts';
import { admitted, extendLines, releaseLines, writeLines } from './lines-dynamodb.ts';
import { openCall } from './opening-dynamodb.ts';
import { finishCall, recordCall } from './recording-dynamodb.ts';
import { extraLineId, sessionKey, sessionOf, spendKey } from './session-keys.ts';
import type { CallEndings, OwnerCall, OwnerKey, SessionStore } from './session-store.ts';
import { fenceOf, OPEN, type SessionsEnv, type StoreContext } from './store-context-dynamodb.ts';
import type { VoiceSession } from './voice-session.ts';

/** Claims kept per call: each owner may have told the client another token. */
const RESUME_TOKENS_KEPT = 16;

const randomPause: StoreContext['pause'] = (atMostMs) => setTimeout(Math.random() * atMostMs);

/** Calls under way in DynamoDB. */
export const dynamoSessionStore = (
  env: SessionsEnv,
  client: DynamoDBDocumentClient = documentClient(),
  pause: StoreContext['pause'] = randomPause,
): SessionStore => {
  const TableName = env.VOICE_SESSIONS_TABLE;
  const find = findSession(TableName, client);
  const change = changeSession(TableName, client);
  const context = { env, client, find, pause };
  return {
    open: openCall(context),
    find,
    callOwner: async (call) =>
      (await change(call.callId, ownerCalled(call), [OPEN, { path: ['epoch'], equals: call.epoch - 1 }])) !== undefined,
    claim: claimSession(context, change),
    renew: async (owner, { userId }, { leaseUntilMs, lineUntilMs, extraLine }) => {
      const renewed = change(owner.callId, [{ path: ['leaseUntilMs'], value: leaseUntilMs }], fenceOf(owner));
      const { ending } = await fenced(owner, renewed);
      const ids = extraLine ? [owner.callId, extraLineId(owner.callId)] : [owner.callId];
      await client.send(new UpdateCommand(extendLines(TableName, ids, { userId, untilMs: lineUntilMs })));
      return ending === undefined ? {} : { ending };
    },
    spentToday: async (userId, nowMs) => {
      const { Item } = await client.send(new GetCommand({ TableName, Key: spendKey(userId, nowMs) }));
      return Number(Item?.microUsd ?? 0);
    },
    record: recordCall(context),
    handOver: async (owner, session, { checkpoint, ...call }) => {
      const changes = [...ownerCalled(call), { path: ['checkpoint'], value: checkpoint }];
      const conditions = [...fenceOf(owner), { path: ['epoch'], equals: session.epoch }];
      return fenced(owner, change(owner.callId, changes, conditions));
    },
    look: lookFromOutside(env, client),
    takeExtraLine: async (owner, userId, { nowMs, lineUntilMs }) => {
      const request = { lineId: extraLineId(owner.callId), userId, untilMs: lineUntilMs, mayWait: false };
      const lines = { client, TableName, cap: env.VOICE_LINES, pause };
      const admission = await admitted(lines, request, nowMs, (before, decided) =>
        writeLines(client, TableName, before, decided),
      );
      return admission.outcome === 'admitted';
    },
    releaseExtraLine: (callId) => release(client, TableName, [extraLineId(callId)]),
    finish: finishCall(context, (callId) => release(client, TableName, [callId, extraLineId(callId)])),
    abandon: async ({ callId, userId, lost = { claimedEpoch: 0, leaseUntilMs: 0 } }, { reason, failure, nowMs }) => {
      const stillLost = Object.entries(lost).map(([name, value]) => ({ path: [name], equals: value }));
      const ended = await change(callId, [{ path: ['status'], value: 'ended' }], [OPEN, ...stillLost]);
      if (ended === undefined) return false;
      await release(client, TableName, [callId, extraLineId(callId)]);
      const { tally } = ended;
      await endCall(context, { userId, callId }, 'fail', { endedAtMs: nowMs, endReason: reason, failure }, { tally });
      return true;
    },
    attachOwner: async (owner, connectionId) => {
      const changes = [
        { path: ['ownerConnectionId'], value: connectionId },
        { path: ['ownerLostAtMs'], value: null },
      ];
      return (await change(owner.callId, changes, fenceOf(owner))) !== undefined;
    },
    detachOwner: async (callId, connectionId, nowMs) => {
      const conditions = [{ path: ['ownerConnectionId'], equals: connectionId }];
      await change(callId, [{ path: ['ownerLostAtMs'], value: nowMs }], conditions);
    },
    attachClient: async (callId, connectionId, streamSid) => {
      const changes = [
        { path: ['clientConnectionId'], value: connectionId },
        { path: ['streamSid'], value: streamSid },
      ];
      return (await change(callId, changes, [OPEN])) !== undefined;
    },
  };
};

const ownerCalled = ({ epoch, tokenHash, cause, calledAtMs }: OwnerCall): AttributeChange[] => [
  { path: ['epoch'], value: epoch },
  { path: ['ownerTokenHash'], value: tokenHash },
  { path: ['cause'], value: cause },
  { path: ['calledAtMs'], value: calledAtMs },
];

const fenced = async ({ callId }: OwnerKey, written: Promise<VoiceSession | undefined>): Promise<VoiceSession> => {
  const session = await written;
  if (session === undefined) throw new FencedError(callId);
  return session;
};

/** Reads calls under way. */
export const findSession =
  (TableName: string, client: DynamoDBDocumentClient): SessionStore['find'] =>
  async (callId) => {
    const command = new GetCommand({ TableName, Key: sessionKey(callId), ConsistentRead: true });
    return sessionOf((await client.send(command)).Item);
  };

/** Ends calls from outside, in DynamoDB. */
export const dynamoCallEndings = (
  { VOICE_SESSIONS_TABLE }: Pick<SessionsEnv, 'VOICE_SESSIONS_TABLE'>,
  client: DynamoDBDocumentClient = documentClient(),
): CallEndings => ({
  endSoon: async (callId, reason) => {
    const conditions: Condition[] = [OPEN, { path: ['ending'], exists: false }];
    const change = changeSession(VOICE_SESSIONS_TABLE, client);
    return (await change(callId, [{ path: ['ending'], value: reason }], conditions))?.leaseUntilMs;
  },
});

type ChangeSession = (
  callId: CallId,
  changes: readonly AttributeChange[],
  conditions: readonly Condition[],
) => Promise<VoiceSession | undefined>;

/** The session after the change; undefined when a condition did not hold. */
const changeSession =
  (TableName: string, client: DynamoDBDocumentClient): ChangeSession =>
  async (callId, changes, conditions) =>
    sessionOf(await write(client, TableName, sessionKey(callId), changes, conditions));

const write = async (
  client: DynamoDBDocumentClient,
  TableName: string,
  Key: Record<string, unknown>,
  changes: readonly AttributeChange[],
  conditions: readonly Condition[],
): Promise<Record<string, unknown> | undefined> => {
  const command = new UpdateCommand({ TableName, Key, ...updateParts(changes, conditions), ReturnValues: 'ALL_NEW' });
  return client.send(command).then(
    ({ Attributes }) => Attributes,
    (error: unknown) => (isConditionFailure(error) ? undefined : Promise.reject(error)),
  );
};

/** Nothing is freed where there is no item. */
const release = async (client: DynamoDBDocumentClient, TableName: string, ids: readonly string[]): Promise<void> => {
  await client
    .send(new UpdateCommand(releaseLines(TableName, ids)))
    .catch((error: unknown) => (isConditionFailure(error) ? undefined : Promise.reject(error)));
};

const claimSession =
  ({ env, client, find }: StoreContext, change: ChangeSession): SessionStore['claim'] =>
  async ({ callId, epoch, tokenHash, claimId, resumeTokenHash }, { nowMs, leaseUntilMs }) => {
    const before = await find(callId);
    if (before === undefined) throw new FencedError(callId);
    // Its own claim, whose answer was lost, may be repeated.
    const isOwn = before.claimedEpoch === epoch && before.claimId === claimId;
    if (before.claimedEpoch >= epoch && !isOwn) throw new FencedError(callId);
    const resumeTokenHashes = [...before.resumeTokenHashes, resumeTokenHash].slice(-RESUME_TOKENS_KEPT);
    const claimed = change(
      callId,
      [
        ...Object.entries({
          claimedEpoch: epoch,
          claimId,
          claimedTokenHash: tokenHash,
          leaseUntilMs,
          lastSeenAtMs: isOwn ? before.lastSeenAtMs : lastSeen(before),
          resumeTokenHashes,
        }),
        ['ownerConnectionId', null] as const,
        ['ownerLostAtMs', null] as const,
      ].map(([name, value]) => ({ path: [name], value })),
      [
        OPEN,
        { path: ['epoch'], equals: epoch },
        { path: ['ownerTokenHash'], equals: tokenHash },
        { path: ['claimedEpoch'], equals: before.claimedEpoch },
      ],
    );
    const session = await fenced(
      { callId, epoch },
      claimed.then((now) => now ?? ownClaim(find, { callId, epoch }, claimId)),
    );
    const { changes, from } = transitionOf(session, 'answer', { answeredAtMs: nowMs });
    await write(client, env.CALLS_TABLE, { userId: session.userId, callId }, changes, [{ path: ['status'], in: from }]);
    return session;
  };

/** The last that is known of the owner in charge: that it renewed its lease, or that its connection broke later. */
const lastSeen = ({ claimedEpoch, leaseUntilMs, ownerLostAtMs = 0 }: VoiceSession): number | undefined =>
  claimedEpoch === 0 ? undefined : Math.max(leaseUntilMs - LEASE_MS, ownerLostAtMs);

/** The SDK sends a write again whose answer was lost, and is refused by its own first attempt. */
const ownClaim = async (
  find: SessionStore['find'],
  { callId, epoch }: OwnerKey,
  claimId: string,
): Promise<VoiceSession | undefined> => {
  const session = await find(callId);
  return session?.claimedEpoch === epoch && session.claimId === claimId ? session : undefined;
};
