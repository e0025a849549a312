import { Construct } from 'constructs';
import type { StageConfig } from '../config.ts';
import { ManageCustomersEnv } from '../environments.ts';
import type { CursorSecret } from '../http/cursor-secret.ts';
import { HTTP_TIMEOUT } from '../http/http-timeout.ts';
import { OratioFunction } from '../kernel/oratio-function.ts';
import type { Stores } from '../stores/stores.ts';

export interface CustomerFunctionsProps {
  readonly config: StageConfig;
  readonly stores: Stores;
  readonly cursorSecret: CursorSecret;
}

/** The function behind `/customers` and `/agents/{agentId}/customers`. */
export class CustomerFunctions extends Construct {
  readonly api: readonly OratioFunction[];

  constructor(scope: Construct, id: string, { config, stores, cursorSecret }: CustomerFunctionsProps) {
    super(scope, id);
    const fn = new OratioFunction(this, 'ManageCustomers', {
      config,
      name: 'manage-customers',
      schema: ManageCustomersEnv,
      timeout: HTTP_TIMEOUT,
    });
    stores.agents.grant(fn, 'GetItem');
    stores.customers.grant(fn, 'GetItem', 'PutItem', 'UpdateItem', 'DeleteItem', 'Query', 'BatchWriteItem');
    stores.customers.grantQueryOf(fn, 'customer-index');
    stores.conversations.grant(fn, 'Query', 'BatchWriteItem');
    cursorSecret.grantRead(fn);
    this.api = [fn];
  }
}
