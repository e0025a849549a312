import { setTimeout } from 'node:timers/promises';
import { jsonLog } from '../kernel/log.ts';
import { randomIds, systemClock } from '../kernel/real-dependencies.ts';
import type { CustomerKey } from './customer.ts';
import type { CustomerMemory } from './customer-memory.ts';
import type { CustomersEnv } from './customer-tables-dynamodb.ts';
import { dynamoCustomerStore } from './customers-dynamodb.ts';
import { customerMemory } from './remember-customers.ts';
import { summarizeLong } from './summarize.ts';
import { bedrockSummarizer } from './summarizer-bedrock.ts';

/** The memory of agents, for whoever speaks with customers. */
export const customerMemoryOf = (env: CustomersEnv & { readonly CONVERSATION_TTL_DAYS: number }): CustomerMemory =>
  customerMemory({
    store: dynamoCustomerStore(env),
    ttlDays: env.CONVERSATION_TTL_DAYS,
    clock: systemClock,
    ids: randomIds,
    pause: (atMostMs) => setTimeout(Math.random() * atMostMs),
  });

/** Keeps summaries up to date, for functions that may call the model; nothing that goes wrong there is anybody's error. */
export const summariesOf = (env: CustomersEnv & { readonly AGENT_MODEL_ID: string }) => {
  const summarize = summarizeLong({
    store: dynamoCustomerStore(env),
    summarizer: bedrockSummarizer({ modelId: env.AGENT_MODEL_ID }),
    clock: systemClock,
    log: jsonLog,
  });
  return async (key: CustomerKey): Promise<void> => {
    await summarize(key).catch((error: unknown) =>
      jsonLog('customers.summary.failed', { customerId: key.customerId }, error),
    );
  };
};
