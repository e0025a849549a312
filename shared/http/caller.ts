import type { Operator } from '../control/command.ts';
import { UserId } from '../kernel/ids.ts';
import { agentNotFound, problem } from '../kernel/problems.ts';
import { SCOPES, type Scope } from './operation.ts';

/** What API Gateway hands on from its authorizers (payload format 2.0). */
export interface Authorized {
  /** The JWT authorizer's: the claims of a verified token. */
  readonly jwt?: { readonly claims: Readonly<Record<string, unknown>> };
  /** Of `authorize-request`; empty when it could verify nothing. */
  readonly lambda?: Readonly<Record<string, unknown>> | null;
}

/** Who sent a request, by token or by API key. */
export interface Caller {
  readonly userId: UserId;
  /** As tokens write them: `oratio/agents:ask`. */
  readonly scopes: readonly string[];
  /** Of an API key: the one agent it is good for. */
  readonly agentId?: string;
  readonly keyId?: string;
}

/** What `authorize-request` tells the functions behind it; API Gateway takes text only. */
export type CallerContext = Readonly<Partial<Record<'userId' | 'agentId' | 'keyId' | 'scopes', string>>>;

/** The verified caller. Throws `unauthenticated`. */
export const callerOf = (authorized: Authorized | undefined): Caller => {
  const { userId, agentId, keyId, scopes } = contextOf(authorized);
  const tenant = UserId.safeParse(userId);
  if (!tenant.success) {
    throw problem('unauthenticated', 'Sign in and send the access token, or an API key, as a bearer token.');
  }
  return {
    userId: tenant.data,
    scopes: scopes?.split(' ') ?? [],
    ...(agentId === undefined ? {} : { agentId }),
    ...(keyId === undefined ? {} : { keyId }),
  };
};

const contextOf = (authorized: Authorized | undefined): CallerContext => {
  const claims = authorized?.jwt?.claims;
  const context = claims === undefined ? (authorized?.lambda ?? {}) : { userId: claims.sub, scopes: claims.scope };
  return Object.fromEntries(Object.entries(context).filter(([, value]) => typeof value === 'string'));
};

/**
 * Who acts by a token: `id` tells the sign-ins of a tenant's users apart and outlives renewed tokens (Cognito's
 * `origin_jti`), `name` is for people. Undefined for an API key.
 */
export const operatorOf = (authorized: Authorized | undefined): Operator | undefined => {
  const { sub, origin_jti: signIn, jti, email, username, name = email ?? username } = authorized?.jwt?.claims ?? {};
  if (typeof sub !== 'string') return undefined;
  const id = [signIn, jti, sub].find((claim) => typeof claim === 'string');
  return { id: String(id).slice(0, MAX_NAME), name: (typeof name === 'string' ? name : sub).slice(0, MAX_NAME) };
};

/** As long as an e-mail address can be. */
const MAX_NAME = 320;

/**
 * A user who signed in himself may do everything that is his; whoever was given some of our scopes is limited to them.
 * Cognito gives the former only `aws.cognito.signin.user.admin`. Throws `insufficient-scope`.
 */
export const demandScope = ({ scopes, keyId }: Caller, scope: Scope): void => {
  const isUserHimself = keyId === undefined && !SCOPES.some((one) => scopes.includes(`oratio/${one}`));
  if (isUserHimself || scopes.includes(`oratio/${scope}`)) return;
  throw problem('insufficient-scope', `This operation needs the scope oratio/${scope}.`);
};

/**
 * The key of one agent opens no other: another id, whosever it is, does not exist for it. The agent stands in the path
 * or, failing that, in the body, there as `agentId` or as the multi-channel engine writes it. Throws `agent-not-found`.
 */
export const demandSameAgent = ({ agentId }: Caller, params: Readonly<Record<string, string>>, body: unknown): void => {
  if (agentId === undefined) return;
  const named = body as { readonly agentId?: unknown; readonly agent_id?: unknown } | undefined;
  const asked = params.agentId ?? named?.agentId ?? named?.agent_id;
  if (String(asked).toLowerCase() !== agentId) throw agentNotFound(String(asked));
};
