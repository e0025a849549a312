import { afterEach, expect, test } from 'vitest';
import { FencedError } from '../../../shared/voice/keeper/call-keeper.ts';
import { lambdaKeeper } from '../../../shared/voice/keeper/keeper-lambda.ts';
import { lambdaOwnerSummoner } from '../../../shared/voice/keeper/owner-summoner-lambda.ts';
import { checkpoint, newCallId } from '../stores/support.ts';
import { awsAnswers, type ScriptedAnswer } from '../support/aws-answers.ts';

const CLAIM = { callId: newCallId(), epoch: 2, ownerToken: 'secret' };

let service: Awaited<ReturnType<typeof awsAnswers>> | undefined;
afterEach(() => service?.stop());

const keeperWith = async (...answers: readonly ScriptedAnswer[]) => {
  service = await awsAnswers(...answers);
  const deps = { functionName: 'oratio-keep-call', claimId: 'p1', context: service.context };
  return { seen: service.seen, keeper: lambdaKeeper(deps, CLAIM) };
};

const done = (result: unknown): ScriptedAnswer => ({ status: 200, body: JSON.stringify({ outcome: 'done', result }) });

test('each method is one invocation that shows the owner’s token', async () => {
  const { keeper, seen } = await keeperWith(
    done({ callId: CLAIM.callId }),
    done({ tenantSpentMicroUsd: 7 }),
    done(true),
    done({ leaseUntilMs: 5, tenantSpentMicroUsd: 7 }),
    done(null),
    done({ leaseUntilMs: 6, tenantSpentMicroUsd: 7 }),
    done(null),
  );
  const write = { entries: [], checkpoint: checkpoint(1), spentMicroUsd: 7 };
  const told = { contextOverride: { customerName: 'Ada' } };
  const end = { status: 'completed', reason: 'client-ended', checkpoint: checkpoint(1), entries: [], ...told } as const;
  expect([
    await keeper.claim(),
    await keeper.record(write),
    await keeper.takeExtraLine(),
    await keeper.renew(),
    await keeper.releaseExtraLine(),
    await keeper.renew(),
    await keeper.handOver(checkpoint(1)),
    await keeper.finish(end),
  ]).toEqual([
    { callId: CLAIM.callId },
    { tenantSpentMicroUsd: 7 },
    true,
    { leaseUntilMs: 5, tenantSpentMicroUsd: 7 },
    undefined,
    { leaseUntilMs: 6, tenantSpentMicroUsd: 7 },
    undefined,
    undefined,
  ]);
  const sent = JSON.parse(JSON.stringify(checkpoint(1)));
  expect(seen.map(({ body }) => JSON.parse(body))).toEqual([
    { method: 'claim', ...CLAIM, claimId: 'p1' },
    { method: 'record', ...CLAIM, ...write, checkpoint: sent },
    { method: 'takeExtraLine', ...CLAIM },
    { method: 'renew', ...CLAIM, extraLine: true },
    { method: 'releaseExtraLine', ...CLAIM },
    { method: 'renew', ...CLAIM, extraLine: false },
    { method: 'handOver', ...CLAIM, checkpoint: sent },
    { method: 'finish', ...CLAIM, ...end, checkpoint: sent },
  ]);
  expect(new Set(seen.map(({ url }) => url))).toEqual(new Set(['/2015-03-31/functions/oratio-keep-call/invocations']));
});

test('an owner that is none any more learns so from whatever it asks', async () => {
  const { keeper } = await keeperWith({ status: 200, body: '{"outcome":"fenced"}' });
  for (const ask of [keeper.claim, keeper.renew, keeper.takeExtraLine, keeper.releaseExtraLine]) {
    await expect(ask()).rejects.toThrow(FencedError);
  }
});

test.each<[string, ScriptedAnswer, RegExp]>([
  [
    'a request of another protocol',
    { status: 200, body: '{"outcome":"invalid","detail":"epoch"}' },
    /did not understand renew: epoch/,
  ],
  [
    'a function that broke',
    { status: 200, headers: { 'x-amz-function-error': 'Unhandled' }, body: '{"errorMessage":"secret detail"}' },
    /^keep-call failed \(Unhandled\)\.$/,
  ],
  ['an answer of another shape', { status: 200, body: '{"outcome":"maybe"}' }, /outcome/],
  [
    'a role that may not',
    { status: 403, headers: { 'x-amzn-errortype': 'AccessDeniedException' }, body: '{"Message":"No."}' },
    /Forbidden|No\./,
  ],
])('%s is an error, and not taken for a lost call', async (_, answer, message) => {
  const { keeper } = await keeperWith(answer);
  const failure = await keeper.renew().then(String, (error: unknown) => error as Error);
  expect(failure).toBeInstanceOf(Error);
  expect(failure).not.toBeInstanceOf(FencedError);
  expect((failure as Error).message).toMatch(message);
});

test('a throttled or broken-off invocation is repeated word for word: every method may be', async () => {
  const throttled = { status: 429, headers: { 'x-amzn-errortype': 'TooManyRequestsException' } };
  const { keeper, seen } = await keeperWith(
    throttled,
    { status: 502 },
    done({ leaseUntilMs: 5, tenantSpentMicroUsd: 0 }),
  );
  expect(await keeper.renew()).toEqual({ leaseUntilMs: 5, tenantSpentMicroUsd: 0 });
  expect([seen.length, new Set(seen.map(({ body }) => body)).size]).toEqual([3, 1]);
});

test('an owner is called as an event: nobody waits for it', async () => {
  service = await awsAnswers({ status: 202 });
  const summoner = lambdaOwnerSummoner({ VOICE_SESSION_FUNCTION: 'oratio-voice-session' }, service.context);
  await summoner.summon(CLAIM);
  expect(service.seen).toMatchObject([
    {
      method: 'POST',
      url: '/2015-03-31/functions/oratio-voice-session/invocations',
      headers: { 'x-amz-invocation-type': 'Event' },
      body: JSON.stringify(CLAIM),
    },
  ]);
});
