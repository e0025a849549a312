import type { Grantee } from '../kernel/oratio-function.ts';
import type { Stores } from '../stores/stores.ts';

/** To know customers and to remember what they and the agent said: `CUSTOMERS_TABLE` and `CONVERSATIONS_TABLE`. */
export function grantMemory(fn: Grantee, stores: Stores): void {
  stores.customers.grant(fn, 'GetItem', 'PutItem', 'UpdateItem');
  stores.conversations.grant(fn, 'Query', 'PutItem', 'BatchGetItem');
}

/** To answer customers' messages: the memory, and who may answer what (`customer-message-dependencies.ts`). */
export function grantCustomerMessages(fn: Grantee, stores: Stores): void {
  grantMemory(fn, stores);
  stores.agents.grant(fn, 'GetItem');
  stores.statistics.grant(fn, 'UpdateItem');
  stores.customers.grant(fn, 'ConditionCheckItem');
  stores.conversations.grant(fn, 'GetItem', 'UpdateItem', 'DeleteItem');
}
