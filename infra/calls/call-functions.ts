import { Construct } from 'constructs';
import type { StageConfig } from '../config.ts';
import { GetCallEnv, ListCallsEnv } from '../environments.ts';
import type { CursorSecret } from '../http/cursor-secret.ts';
import { HTTP_TIMEOUT } from '../http/http-timeout.ts';
import { OratioFunction } from '../kernel/oratio-function.ts';
import type { Stores } from '../stores/stores.ts';

export interface CallFunctionsProps {
  readonly config: StageConfig;
  readonly stores: Stores;
  readonly cursorSecret: CursorSecret;
}

/** The functions behind `/calls` that read. */
export class CallFunctions extends Construct {
  readonly api: readonly OratioFunction[];

  constructor(scope: Construct, id: string, props: CallFunctionsProps) {
    super(scope, id);
    this.api = [listCalls(this, props), getCall(this, props)];
  }
}

function listCalls(scope: Construct, { config, stores, cursorSecret }: CallFunctionsProps): OratioFunction {
  const fn = new OratioFunction(scope, 'ListCalls', {
    config,
    name: 'list-calls',
    schema: ListCallsEnv,
    timeout: HTTP_TIMEOUT,
  });
  // A search reads rows of words, then the calls themselves.
  stores.calls.grant(fn, 'Query', 'BatchGetItem');
  for (const index of ['agent-index', 'status-index', 'agent-status-index']) stores.calls.grantQueryOf(fn, index);
  cursorSecret.grantRead(fn);
  return fn;
}

function getCall(scope: Construct, { config, stores }: CallFunctionsProps): OratioFunction {
  const fn = new OratioFunction(scope, 'GetCall', {
    config,
    name: 'get-call',
    schema: GetCallEnv,
    timeout: HTTP_TIMEOUT,
  });
  stores.calls.grant(fn, 'GetItem');
  stores.conversations.grant(fn, 'Query');
  // Who has the call in hand.
  stores.voiceSessions.grant(fn, 'GetItem');
  // A presigned address lets its bearer read what its signer may read.
  stores.recordings.grantObjects(fn, 'GetObject');
  return fn;
}
