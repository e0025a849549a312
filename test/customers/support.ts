import { setTimeout } from 'node:timers/promises';
import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import type { AgentKey } from '../../shared/agents/agent-store.ts';
import type { ConversationChannel } from '../../shared/customers/customer.ts';
import { dynamoCustomerStore } from '../../shared/customers/customers-dynamodb.ts';
import { customerMemory } from '../../shared/customers/remember-customers.ts';
import { randomIds } from '../../shared/kernel/real-dependencies.ts';
import { startTables, TABLES } from '../access/support/tables.ts';

export const NINE = Date.UTC(2026, 10, 21, 9);
export const ANN = { userId: 'ann', agentId: '019a5c1e-7d00-7a3b-9c55-2f6d1c0a4b11' } as unknown as AgentKey;
export const BOB = { userId: 'bob', agentId: '019a5c1e-7d00-7a3b-9c55-2f6d1c0a4b12' } as unknown as AgentKey;
export const PHONE = { kind: 'phone', value: '+15551234567' } as const;

/** The memory of agents over the embedded DynamoDB, at nine o'clock until somebody moves the clock. */
export const startMemory = async () => {
  const tables = await startTables();
  const time = { nowMs: NINE };
  const clock = { now: () => time.nowMs };
  const store = dynamoCustomerStore(TABLES, tables.client);
  const pause = (atMostMs: number) => setTimeout(Math.random() * Math.min(atMostMs, 20));
  const memory = customerMemory({ store, ttlDays: 30, clock, ids: randomIds, pause });
  /** Every row of both tables that names this text anywhere. */
  const rowsWith = async (text: string): Promise<readonly Record<string, unknown>[]> => {
    const scans = [TABLES.CUSTOMERS_TABLE, TABLES.CONVERSATIONS_TABLE].map(async (TableName) => {
      const { Items = [] } = await tables.client.send(new ScanCommand({ TableName }));
      return Items;
    });
    return (await Promise.all(scans)).flat().filter((row) => JSON.stringify(row).includes(text));
  };
  return { ...tables, store, memory, clock, time, rowsWith };
};

/** Something said at nine. */
export const said = (
  channel: ConversationChannel,
  text: string,
  sourceId = `${channel}#${text}`,
  role: 'user' | 'assistant' | 'human' = 'user',
) => ({ channel, role, text, atMs: NINE, sourceId });
