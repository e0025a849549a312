import { evaluate } from '../core/policy.ts';
import type { CloudContext, JsonObject, LambdaService } from '../core/service.ts';
import { callFunction } from './call-function.ts';
import type { RequestAuthorizer } from './read-declared.ts';

export type Verdict =
  | { readonly outcome: 'allowed'; readonly context: JsonObject | null; readonly principalId?: string }
  /** An identity source has no value; the function was not asked. */
  | { readonly outcome: 'unauthorized' }
  | { readonly outcome: 'forbidden' }
  /** The function failed, or what it said is no answer. */
  | { readonly outcome: 'failed'; readonly reason: string };

/** What an authorizer is asked about. */
export interface AuthorizationQuestion {
  readonly apiId: string;
  /** ARN of the request, which a policy is about. */
  readonly routeArn: string;
  /** Value of an identity source, undefined when the request has none. */
  readonly identityOf: (source: string) => string | undefined;
  /** The function's event, made of the identity's values. */
  readonly event: (identity: readonly string[]) => object;
}

export interface RequestAuthorizers {
  readonly decide: (authorizer: RequestAuthorizer, question: AuthorizationQuestion) => Promise<Verdict>;
}

export interface RequestAuthorizersDependencies {
  readonly context: Pick<CloudContext, 'accountId' | 'region' | 'clock' | 'log'>;
  readonly lambda: Pick<LambdaService, 'invoke'>;
}

/** Longest an authorizer may take, in milliseconds (API Gateway quotas of HTTP APIs, 2026-11). */
const TIMEOUT_MS = 10_000;
/** Answers kept at most; ours. */
const CACHE_LIMIT = 10_000;

type Answer = { readonly said: JsonObject } | { readonly failure: string };

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What a function's answer says of one request; a policy may allow one route and not another. */
function readVerdict(answer: JsonObject, simple: boolean, routeArn: string): Verdict {
  const context = isObject(answer.context) ? answer.context : null;
  if (simple) {
    if (typeof answer.isAuthorized !== 'boolean') return { outcome: 'failed', reason: 'it answered no isAuthorized' };
    return answer.isAuthorized ? { outcome: 'allowed', context } : { outcome: 'forbidden' };
  }
  const { policyDocument, principalId } = answer;
  if (!isObject(policyDocument)) return { outcome: 'failed', reason: 'it answered no policyDocument' };
  if (evaluate([policyDocument], { action: 'execute-api:Invoke', resource: routeArn }, {}) !== 'allowed') {
    return { outcome: 'forbidden' };
  }
  return { outcome: 'allowed', context, ...(typeof principalId === 'string' ? { principalId } : {}) };
}

function parseAnswer(payload: string): Answer {
  const answer = JSON.parse(payload) as unknown;
  return isObject(answer) ? { said: answer } : { failure: 'it answered no object' };
}

/** Asks Lambda authorizers; an answer is kept for its time on the cloud's clock, whatever route it was given for. */
export function makeRequestAuthorizers({ context, lambda }: RequestAuthorizersDependencies): RequestAuthorizers {
  const cache = new Map<string, { readonly answer: JsonObject; readonly untilMs: number }>();

  const ask = async (authorizer: RequestAuthorizer, apiId: string, event: object): Promise<Answer> => {
    const { authorizerId, functionArn } = authorizer;
    const sourceArn = `arn:aws:execute-api:${context.region}:${context.accountId}:${apiId}/authorizers/${authorizerId}`;
    try {
      const result = await callFunction(lambda, { functionArn, event, sourceArn, timeoutMs: TIMEOUT_MS });
      if (result === 'timed-out') return { failure: 'it took too long' };
      return result.functionError ? { failure: 'it failed' } : parseAnswer(result.payload);
    } catch (error) {
      return { failure: error instanceof Error ? error.message : String(error) };
    }
  };

  const keep = (key: string, answer: JsonObject, ttlSeconds: number): void => {
    const nowMs = context.clock.now();
    if (cache.size >= CACHE_LIMIT) for (const [old, { untilMs }] of cache) if (untilMs <= nowMs) cache.delete(old);
    if (cache.size < CACHE_LIMIT) cache.set(key, { answer, untilMs: nowMs + ttlSeconds * 1000 });
  };

  return {
    decide: async (authorizer, { apiId, routeArn, identityOf, event }) => {
      const { authorizerId, identitySources, simple, ttlSeconds } = authorizer;
      const identity = identitySources.map(identityOf);
      const given = identity.filter((value) => value !== undefined && value !== '') as string[];
      if (given.length < identity.length) return { outcome: 'unauthorized' };
      const key = JSON.stringify([authorizerId, ...given]);
      const isKept = ttlSeconds > 0 && given.length > 0;
      const known = isKept ? cache.get(key) : undefined;
      if (known && known.untilMs > context.clock.now()) return readVerdict(known.answer, simple, routeArn);
      const answer = await ask(authorizer, apiId, event(given));
      const verdict: Verdict =
        'failure' in answer
          ? { outcome: 'failed', reason: answer.failure }
          : readVerdict(answer.said, simple, routeArn);
      if (verdict.outcome === 'failed') context.log(`authorizer ${authorizer.functionArn}: ${verdict.reason}`);
      else if (isKept && 'said' in answer) keep(key, answer.said, ttlSeconds);
      return verdict;
    },
  };
}
