import { dynamoCallStore } from '../../calls/calls-dynamodb.ts';
import { customerMemoryOf } from '../../customers/customer-dependencies.ts';
import type { CustomersEnv } from '../../customers/customer-tables-dynamodb.ts';
import { dynamoCustomerStore } from '../../customers/customers-dynamodb.ts';
import { jsonLog } from '../../kernel/log.ts';
import { systemClock } from '../../kernel/real-dependencies.ts';
import { type CallMemory, type CallMemoryDeps, callMemory } from './call-memory.ts';

/** What calls know of customers. */
export const callMemoryOf = (
  env: CustomersEnv & { readonly CALLS_TABLE: string; readonly CONVERSATION_TTL_DAYS: number },
  afterwards?: CallMemoryDeps['afterwards'],
): CallMemory =>
  callMemory({
    memory: customerMemoryOf(env),
    store: dynamoCustomerStore(env),
    entries: dynamoCallStore(env).entries,
    ...(afterwards === undefined ? {} : { afterwards }),
    clock: systemClock,
    log: jsonLog,
  });
