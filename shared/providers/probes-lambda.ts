import type * as z from 'zod';
import { lambdaAwsContext } from '../kernel/aws-context.ts';
import { type AwsContext, awsRequest, uriEncoded } from '../kernel/aws-request.ts';
import { ProbeAnswer } from './probe-outcome.ts';
import type { ProbeRequest } from './probe-provider.ts';

/** Whoever speaks to a provider. */
export type Probing = (request: z.input<typeof ProbeRequest>) => Promise<ProbeAnswer>;

/** Of the API's 29 s. */
const TIMEOUT_MS = 27_000;

/** The function `probe-provider`, invoked synchronously. Throws what Lambda answers, and an `Error` when it failed. */
export const lambdaProbe = (
  { PROBE_FUNCTION }: { readonly PROBE_FUNCTION: string },
  context: AwsContext = lambdaAwsContext(),
): Probing => {
  const base = context.endpointUrl ?? `https://lambda.${context.region}.amazonaws.com`;
  return async (request) => {
    const response = await awsRequest(context, {
      service: 'lambda',
      method: 'POST',
      url: `${base}/2015-03-31/functions/${uriEncoded(PROBE_FUNCTION)}/invocations`,
      headers: { 'content-type': 'application/json', 'x-amz-invocation-type': 'RequestResponse' },
      body: Buffer.from(JSON.stringify(request)),
      timeoutMs: TIMEOUT_MS,
      attempts: 1,
    });
    const answer = await response.text();
    if (response.headers.has('x-amz-function-error')) throw new Error('probe-provider failed.');
    return ProbeAnswer.parse(JSON.parse(answer));
  };
};
