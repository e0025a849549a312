import { setTimeout } from 'node:timers/promises';
import { randomIds, systemClock } from '../kernel/real-dependencies.ts';
import type { CustomerMemory } from './customer-memory.ts';
import type { CustomersEnv } from './customer-tables-dynamodb.ts';
import { dynamoCustomerStore } from './customers-dynamodb.ts';
import { customerMemory } from './remember-customers.ts';

/** The memory of agents, for whoever speaks with customers. */
export const customerMemoryOf = (env: CustomersEnv & { readonly CONVERSATION_TTL_DAYS: number }): CustomerMemory =>
  customerMemory({
    store: dynamoCustomerStore(env),
    ttlDays: env.CONVERSATION_TTL_DAYS,
    clock: systemClock,
    ids: randomIds,
    pause: (atMostMs) => setTimeout(Math.random() * atMostMs),
  });
