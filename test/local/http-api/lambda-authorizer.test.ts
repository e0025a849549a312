import { afterEach, expect, test } from 'vitest';
import { testClock } from '../../../local/core/clock.ts';
import type { JsonObject } from '../../../local/core/service.ts';
import { type ApiOptions, api, closeApi } from './support.ts';

afterEach(closeApi);

interface AuthorizerEvent {
  readonly type: string;
  readonly routeArn: string;
  readonly identitySource: string[];
  readonly routeKey: string;
  readonly headers: Readonly<Record<string, string>>;
}

const SIMPLE = { EnableSimpleResponses: true, IdentitySource: ['$request.header.Authorization'] };

/** An API whose routes are guarded by a function; `asked` are the authorizer's events. */
async function guardedApi(
  authorizer: JsonObject,
  decide: (event: AuthorizerEvent) => unknown,
  more: Pick<ApiOptions, 'clock'> = {},
) {
  const asked: AuthorizerEvent[] = [];
  const made = await api({
    ...more,
    lambdaAuthorizer: authorizer,
    answer: (event) => {
      const question = event as unknown as AuthorizerEvent;
      if (question.type !== 'REQUEST') return event;
      asked.push(question);
      return decide(question);
    },
  });
  const as = async (authorization: string | undefined, path = '/guarded') => {
    const headers: Record<string, string> = authorization === undefined ? {} : { authorization };
    const { status, body } = await made.call(path, { headers });
    return status === 200 ? body.requestContext.authorizer : [status, body.message];
  };
  return { ...made, asked, as };
}

test('a Lambda authorizer answers yes with a context, no, or fails; without an identity it is not asked', async () => {
  const { as, asked, callers } = await guardedApi(SIMPLE, ({ identitySource: [token] }) => {
    if (token === 'broken') return new Error('it failed');
    if (token === 'odd') return { yes: true };
    return { isAuthorized: token === 'good', context: { userId: 'alice', scopes: ['agents:read'] } };
  });
  expect({
    good: await as('good'),
    bad: await as('bad'),
    broken: await as('broken'),
    odd: await as('odd'),
    none: await as(undefined),
    asked: asked.length,
    first: asked[0],
    caller: callers[0],
  }).toEqual({
    good: { lambda: { userId: 'alice', scopes: ['agents:read'] } },
    bad: [403, 'Forbidden'],
    broken: [500, 'Internal Server Error'],
    odd: [500, 'Internal Server Error'],
    none: [401, 'Unauthorized'],
    asked: 4,
    first: expect.objectContaining({
      version: '2.0',
      type: 'REQUEST',
      routeArn: expect.stringMatching(/\/\$default\/GET\/guarded$/) as string,
      identitySource: ['good'],
      routeKey: 'GET /guarded',
      rawPath: '/guarded',
    }) as object,
    caller: expect.stringMatching(/^arn:aws:execute-api:us-east-1:111122223333:\w{10}\/authorizers\/\w{10}$/) as string,
  });
});

test('a policy of a Lambda authorizer allows one route and not another', async () => {
  const { as } = await guardedApi({ IdentitySource: ['$request.header.Authorization'] }, ({ routeArn }) => ({
    principalId: 'alice',
    policyDocument: {
      Statement: [
        { Effect: 'Allow', Action: 'execute-api:Invoke', Resource: routeArn.replace(/GET.*/, '*') },
        { Effect: 'Deny', Action: 'execute-api:Invoke', Resource: routeArn.replace(/GET.*/, 'GET/also-guarded') },
      ],
    },
    context: { plan: 'gold' },
  }));
  expect([await as('a'), await as('a', '/also-guarded')]).toEqual([{ lambda: { plan: 'gold' } }, [403, 'Forbidden']]);
});

test('an answer is kept for its time on the cloud’s clock, for each identity', async () => {
  const clock = testClock(Date.now());
  const { as, asked } = await guardedApi(
    { ...SIMPLE, AuthorizerResultTtlInSeconds: 60 },
    ({ identitySource: [token] }) => ({ isAuthorized: token === 'good', context: null }),
    { clock },
  );
  const counts: number[] = [];
  for (const [token, waitMs] of [
    ['good', 0],
    ['good', 59_000],
    ['bad', 0],
    ['bad', 0],
    ['good', 1000],
  ] as const) {
    await clock.advance(waitMs);
    await as(token);
    counts.push(asked.length);
  }
  expect(counts).toEqual([1, 1, 2, 2, 3]);
});

test('an authorizer that API Gateway may not invoke fails the request', async () => {
  const { call } = await api({
    lambdaAuthorizer: SIMPLE,
    refuses: (sourceArn) => sourceArn.includes('/authorizers/'),
  });
  const { status } = await call('/guarded', { headers: { authorization: 'x' } });
  expect(status).toBe(500);
});
