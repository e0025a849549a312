import { CallId } from '../../../shared/calls/call.ts';
import { dynamoCallStore } from '../../../shared/calls/calls-dynamodb.ts';
import { NO_COST } from '../../../shared/calls/prices.ts';
import { type Checkpoint, FencedError } from '../../../shared/voice/keeper/call-keeper.ts';
import { dynamoConnectionStore, dynamoTicketStore } from '../../../shared/voice/stores/connections-dynamodb.ts';
import { type CallDraft, draftCall } from '../../../shared/voice/stores/draft-call.ts';
import { hashOfToken } from '../../../shared/voice/stores/session-keys.ts';
import { dynamoSessionStore } from '../../../shared/voice/stores/sessions-dynamodb.ts';
import { servingAgent, startTables, TABLES } from '../../access/support/tables.ts';

export const AGENT = '019a5c1e-7d00-7a3b-9c55-2f6d1c0a4b11';
export const NINE = Date.UTC(2026, 10, 21, 9);

/** The product's stores over the embedded DynamoDB. */
export const startStores = async (lines = 20) => {
  const tables = await startTables();
  const { client } = tables;
  return {
    ...tables,
    sessions: dynamoSessionStore({ ...TABLES, VOICE_LINES: lines }, client),
    calls: dynamoCallStore(TABLES, client),
    tickets: dynamoTicketStore(TABLES, client),
    connections: dynamoConnectionStore(TABLES, client),
  };
};

let count = 0;
export const newCallId = (): CallId => {
  count += 1;
  return CallId.parse(`019a5c1e-7d00-7a3b-9c55-${String(count).padStart(12, '0')}`);
};

/** The rows of a relayed call whose first owner is called with the token `first`. */
export const draftOf = (callId: CallId, userId = 'ann', changes: Partial<CallDraft> = {}) => {
  const agent = servingAgent(AGENT, { userId: userId as never });
  const { runtime } = agent;
  if (runtime === undefined) throw new Error('The agent has no runtime.');
  const parties = { callId, agent, runtime, channel: 'browser', direction: 'inbound', transport: 'relay' } as const;
  const policy = { tenantDailyBudgetUsd: 50, recordTtlDays: 30 };
  return draftCall({ ...parties, ownerToken: 'first', nowMs: NINE, ...changes }, policy);
};

/** The claim of an owner that was called with this token. */
export const claimOf = (callId: CallId, epoch: number, token: string, claimId = token) => ({
  callId,
  epoch,
  tokenHash: hashOfToken(token),
  claimId,
  resumeTokenHash: hashOfToken(`resume ${claimId}`),
});

export const checkpoint = (nextEntry: number, model = 0): Checkpoint => ({
  turn: nextEntry,
  nextEntry,
  nextAudioSeq: 0,
  history: [],
  unanswered: undefined,
  engine: 'nova-sonic',
  cost: { ...NO_COST, model },
  client: {
    inputSampleRateHertz: 16_000,
    outputSampleRateHertz: 24_000,
    voice: 'tiffany',
    language: 'en-US',
    recordingConsent: false,
  },
  handoff: undefined,
});

/** How a write of an owner went. */
export const verdict = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'done',
    (error: unknown) => (error instanceof FencedError ? 'fenced' : `failed: ${String(error)}`),
  );
