import { type AuthorizerDependencies, makeAuthorizer } from './authorizer.ts';
import { type KeyRing, openKeyRing } from './keys.ts';
import type { CloudClock, CloudContext } from './service.ts';
import { type CloudStore, openStore } from './store.ts';

export const ACCOUNT_ID = '111122223333';
export const REGION = 'us-east-1';

/** What the context needs of parts that are made after it, because they need the context themselves. */
export interface LateParts {
  endpointUrl?: string;
  rolePolicies?: AuthorizerDependencies['rolePolicies'];
  publish?: CloudContext['putEvent'];
}

export interface OpenContext {
  readonly context: CloudContext;
  readonly keys: KeyRing;
  readonly store: CloudStore;
  /** Filled in by the one who starts the cloud. */
  readonly late: LateParts;
}

function required<T>(part: T | undefined, what: string): T {
  if (part === undefined) throw new Error(`The embedded cloud was asked for ${what} before it had any.`);
  return part;
}

/** Opens the state in `dataDir` and makes what every service shares. */
export function openContext(dataDir: string, clock: CloudClock, log: (line: string) => void): OpenContext {
  const store = openStore(dataDir);
  const keys = openKeyRing(ACCOUNT_ID, store.namespace('keys'));
  const late: LateParts = {};
  const authorizer = makeAuthorizer({
    accountId: ACCOUNT_ID,
    region: REGION,
    now: () => clock.now(),
    rolePolicies: (roleName) => late.rolePolicies?.(roleName),
  });
  const context: CloudContext = {
    accountId: ACCOUNT_ID,
    region: REGION,
    dataDir,
    clock,
    log,
    endpointUrl: () => required(late.endpointUrl, 'its address'),
    store: (namespace) => store.namespace(namespace),
    putEvent: (event) => required(late.publish, 'an event bus')(event),
    credentialsOfRole: keys.credentialsOfRole,
    keyOf: keys.keyOf,
    authorize: authorizer.authorize,
    authorizeRole: authorizer.authorizeRole,
  };
  return { context, keys, store, late };
}
