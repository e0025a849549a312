import { type DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { transitionOf } from '../../calls/call-rows.ts';
import { documentClient } from '../../kernel/document-dynamodb.ts';
import type { AttributeChange, Condition } from '../../kernel/update-expression.ts';
import { FencedError, LEASE_MS } from '../keeper/call-keeper.ts';
import { dynamoCallOpenings, randomPause } from './call-openings-dynamodb.ts';
import { lookFromOutside } from './control-dynamodb.ts';
import { admitted, extendLines, writeLines } from './lines-dynamodb.ts';
import { finishCall, parkCall, recordCall } from './recording-dynamodb.ts';
import { extraLineId } from './session-keys.ts';
import { type ChangeSession, changeRow, changeSession, findSession, release } from './session-rows-dynamodb.ts';
import type { CallEndings, OwnerCall, OwnerKey, SessionStore } from './session-store.ts';
import { fenceOf, OPEN, type SessionsEnv, type StoreContext } from './store-context-dynamodb.ts';
import type { VoiceSession } from './voice-session.ts';

/** Claims kept per call: each owner may have told the client another token. */
const RESUME_TOKENS_KEPT = 16;

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
    ...dynamoCallOpenings(env, client, pause),
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
    park: parkCall(context, (callId) => release(client, TableName, [callId, extraLineId(callId)])),
    finish: finishCall(context, (callId) => release(client, TableName, [callId, extraLineId(callId)])),
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
    await changeRow(client, env.CALLS_TABLE, { userId: session.userId, callId }, changes, [
      { path: ['status'], in: from },
    ]);
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
