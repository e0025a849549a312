import { jsonLog } from '../kernel/log.ts';
import { systemClock } from '../kernel/real-dependencies.ts';
import type { CustomerKey } from './customer.ts';
import type { CustomersEnv } from './customer-tables-dynamodb.ts';
import { dynamoCustomerStore } from './customers-dynamodb.ts';
import { summarizeLong } from './summarize.ts';
import { bedrockSummarizer } from './summarizer-bedrock.ts';

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
