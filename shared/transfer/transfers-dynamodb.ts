import { type DynamoDBDocumentClient, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import type { CallEntry } from '../calls/call.ts';
import { documentClient } from '../kernel/document-dynamodb.ts';
import { type AttributeChange, type Condition, updateParts } from '../kernel/update-expression.ts';
import { endCall } from '../statistics/end-call-dynamodb.ts';
import { totalCost } from '../voice/session/call-cost.ts';
import { randomPause } from '../voice/stores/call-openings-dynamodb.ts';
import { admitted, linesUpdate, writeLines } from '../voice/stores/lines-dynamodb.ts';
import { cancellationCodes } from '../voice/stores/opening-dynamodb.ts';
import { entryPuts, spending } from '../voice/stores/recording-dynamodb.ts';
import { extraLineId, sessionKey } from '../voice/stores/session-keys.ts';
import { changeSession, release } from '../voice/stores/session-rows-dynamodb.ts';
import { OPEN, type SessionsEnv } from '../voice/stores/store-context-dynamodb.ts';
import type { VoiceSession } from '../voice/stores/voice-session.ts';
import { type TransferStep, type TransferStore, transferEntry } from './transfer-store.ts';

/** The tenant's other calls write the same day's spending, and everybody the lines. */
const ATTEMPTS = 5;

/** Steps of transfers in DynamoDB: session, call and record in one transaction each. */
export const dynamoTransferStore = (
  env: SessionsEnv,
  client: DynamoDBDocumentClient = documentClient(),
  pause: (atMostMs: number) => Promise<unknown> = randomPause,
): TransferStore => ({
  advance: async (session, { ended, ...step }) => {
    const status: readonly AttributeChange[] = ended ? [{ path: ['status'], value: 'ended' }] : [];
    for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
      const outcome = await transact(client, writes(env, session, step, status));
      if (outcome !== 'again') return outcome === 'written';
      await pause(50 * 2 ** attempt);
    }
    throw new Error(`A transfer of call ${session.callId} was in conflict too often.`);
  },
  giveBack: async (session, { lineUntilMs, ...step }) => {
    const { callId: lineId, userId } = session;
    const TableName = env.VOICE_SESSIONS_TABLE;
    let isChanged = false;
    const lines = { client, TableName, cap: env.VOICE_LINES, pause };
    const request = { lineId, userId, untilMs: lineUntilMs, mayWait: false };
    const admission = await admitted(lines, request, step.nowMs, async (before, decided) => {
      if (decided.outcome !== 'admitted') return writeLines(client, TableName, before, decided);
      const line = { Update: linesUpdate(TableName, before, decided.lines) };
      const outcome = await transact(client, [...writes(env, session, step, BACK), line]);
      isChanged = outcome === 'refused';
      return outcome !== 'again';
    });
    if (isChanged) return 'changed';
    return admission.outcome === 'admitted' ? 'given' : 'busy';
  },
  leave: async ({ callId, claimedEpoch }) => {
    const TableName = env.VOICE_SESSIONS_TABLE;
    const unclaimed: Condition = { path: ['claimedEpoch'], equals: claimedEpoch };
    const change = changeSession(TableName, client);
    const ended = await change(callId, [{ path: ['status'], value: 'ended' }], [OPEN, unclaimed]);
    if (ended === undefined) return false;
    await release(client, TableName, [callId, extraLineId(callId)]);
    return true;
  },
  conclude: async ({ userId, callId, tally }, change) => {
    await endCall({ env, client }, { userId, callId }, 'complete', change, { tally });
  },
});

/** Whoever owns it next decides anew whether a person is needed. */
const BACK: readonly AttributeChange[] = [
  { path: ['status'], value: 'open' },
  { path: ['checkpoint', 'handoff'], value: null },
];

/** The session comes first: a condition of it that does not hold means that somebody was faster. */
const writes = (
  env: SessionsEnv,
  session: VoiceSession,
  { transfer, cost, nowMs }: TransferStep,
  more: readonly AttributeChange[],
) => {
  const { callId, userId, recorded, spentMicroUsd, checkpoint, transfer: before } = session;
  const entry: CallEntry = { ...transferEntry(transfer), seq: recorded, atMs: nowMs };
  const spent = Math.max(spentMicroUsd, totalCost(cost));
  const costs = checkpoint === undefined ? [] : [{ path: ['checkpoint', 'cost'], value: cost }];
  const next = checkpoint === undefined ? [] : [{ path: ['checkpoint', 'nextEntry'], value: recorded + 1 }];
  const update = updateParts(
    [
      { path: ['transfer'], value: transfer },
      { path: ['recorded'], value: recorded + 1 },
      { path: ['spentMicroUsd'], value: spent },
      ...costs,
      ...next,
      ...more,
    ],
    [
      { path: ['status'], equals: 'parked' },
      { path: ['recorded'], equals: recorded },
      { path: ['transfer', 'epoch'], equals: before?.epoch },
      { path: ['transfer', 'status'], equals: before?.status },
    ],
  );
  const call = updateParts(
    [
      { path: ['transfer'], value: transfer },
      { path: ['cost'], value: cost },
    ],
    [{ path: ['callId'], exists: true }],
  );
  return [
    { Update: { TableName: env.VOICE_SESSIONS_TABLE, Key: sessionKey(callId), ...update } },
    { Update: { TableName: env.CALLS_TABLE, Key: { userId, callId }, ...call } },
    ...spending(env.VOICE_SESSIONS_TABLE, session, spent - spentMicroUsd, nowMs),
    ...entryPuts(env.CONVERSATIONS_TABLE, session, [entry], nowMs),
  ];
};

type Writes = NonNullable<ConstructorParameters<typeof TransactWriteCommand>[0]['TransactItems']>;

const transact = async (
  client: DynamoDBDocumentClient,
  TransactItems: Writes,
): Promise<'written' | 'refused' | 'again'> => {
  try {
    await client.send(new TransactWriteCommand({ TransactItems }));
    return 'written';
  } catch (error) {
    const codes = cancellationCodes(error);
    if (codes === undefined) throw error;
    if (codes[0] === 'ConditionalCheckFailed' || codes[1] === 'ConditionalCheckFailed') return 'refused';
    if (codes.some((code) => code === 'ConditionalCheckFailed' || code === 'TransactionConflict')) return 'again';
    throw error;
  }
};
