import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Condition } from '../../kernel/update-expression.ts';
import type { OwnerKey, SessionStore } from './session-store.ts';

export interface SessionsEnv {
  readonly VOICE_SESSIONS_TABLE: string;
  readonly CALLS_TABLE: string;
  /** Needed by owners, who write what was said. */
  readonly CONVERSATIONS_TABLE?: string;
  /** Where calls are counted when they end. */
  readonly STATISTICS_TABLE?: string;
  /** Streams to speech models that may be open at once. */
  readonly VOICE_LINES: number;
}

export interface StoreContext {
  readonly env: SessionsEnv;
  readonly client: DynamoDBDocumentClient;
  readonly find: SessionStore['find'];
  /** Waits a random part of this time. */
  readonly pause: (atMostMs: number) => Promise<unknown>;
}

/** Holds until the call has ended. */
export const OPEN: Condition = { path: ['status'], equals: 'open' };

/** Holds as long as this owner is in charge. */
export const fenceOf = ({ epoch }: OwnerKey): Condition[] => [OPEN, { path: ['claimedEpoch'], equals: epoch }];
