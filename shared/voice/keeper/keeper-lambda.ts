import * as z from 'zod';
import { lambdaAwsContext } from '../../kernel/aws-context.ts';
import { type AwsContext, awsRequest, uriEncoded } from '../../kernel/aws-request.ts';
import { type CallKeeper, FencedError, type OwnerClaim } from './call-keeper.ts';
import type { KeepCallResults } from './keep-call-requests.ts';

export interface LambdaKeeperDeps {
  /** Name or ARN of the function `keep-call` (`KEEP_CALL_FUNCTION`). */
  readonly functionName: string;
  /** A fresh random id: tells a repeated claim of this process from another's. */
  readonly claimId: string;
  readonly context?: AwsContext;
}

/** Half of what is left of a lease when it must be renewed: an answer that comes later is of no use. */
const TIMEOUT_MS = 4000;

const Answer = z.discriminatedUnion('outcome', [
  z.object({ outcome: z.literal('done'), result: z.unknown() }),
  z.object({ outcome: z.literal('fenced') }),
  z.object({ outcome: z.literal('invalid'), detail: z.string() }),
]);

/**
 * The keeper of an owner that reaches no table, through the function `keep-call`. Every method may be repeated, so a
 * request without an answer is. Throws `FencedError`, or what kept the function from answering.
 */
export const lambdaKeeper = (
  { functionName, claimId, context = lambdaAwsContext() }: LambdaKeeperDeps,
  claim: OwnerClaim,
): CallKeeper => {
  const call = async <Method extends keyof KeepCallResults>(
    method: Method,
    parameters: object = {},
  ): Promise<KeepCallResults[Method]> => {
    const answer = Answer.parse(await invoke(context, functionName, { method, ...claim, ...parameters }));
    if (answer.outcome === 'fenced') throw new FencedError(claim.callId);
    if (answer.outcome === 'invalid') throw new Error(`keep-call did not understand ${method}: ${answer.detail}`);
    return answer.result as KeepCallResults[Method];
  };
  let extraLine = false;
  return {
    claim: () => call('claim', { claimId }),
    renew: () => call('renew', { extraLine }),
    record: (write) => call('record', write),
    takeExtraLine: async () => {
      extraLine = await call('takeExtraLine');
      return extraLine;
    },
    releaseExtraLine: async () => {
      extraLine = false;
      await call('releaseExtraLine');
    },
    handOver: async (checkpoint) => {
      await call('handOver', { checkpoint });
    },
    finish: async (end) => {
      await call('finish', end);
    },
  };
};

/** Synchronous invocation; throws when the function itself failed. */
const invoke = async (context: AwsContext, functionName: string, event: object): Promise<unknown> => {
  const base = context.endpointUrl ?? `https://lambda.${context.region}.amazonaws.com`;
  const response = await awsRequest(context, {
    service: 'lambda',
    method: 'POST',
    url: `${base}/2015-03-31/functions/${uriEncoded(functionName)}/invocations`,
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify(event)),
    timeoutMs: TIMEOUT_MS,
  });
  const failure = response.headers.get('x-amz-function-error');
  if (failure !== null) throw new Error(`keep-call failed (${failure}).`);
  return response.json();
};
