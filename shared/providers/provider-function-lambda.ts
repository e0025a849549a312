import type * as z from 'zod';
import { lambdaAwsContext } from '../kernel/aws-context.ts';
import { type AwsContext, awsRequest, uriEncoded } from '../kernel/aws-request.ts';
import { AskAnswer, type AskRequest } from './asked-mind.ts';
import { ProbeAnswer } from './probe-outcome.ts';
import type { ProbeRequest } from './probe-provider.ts';

/** Whoever speaks to a provider. */
export type Probing = (request: z.input<typeof ProbeRequest>) => Promise<ProbeAnswer>;
/** Whoever asks an agent's own mind. */
export type Asking = (request: AskRequest, signal: AbortSignal | undefined) => Promise<AskAnswer>;

/** Of the API's 29 s. */
const PROBE_TIMEOUT_MS = 27_000;
/** For a cold start, above what the mind itself is given. */
const START_MS = 3000;

interface Invocation {
  readonly functionName: string;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** `speak-to-provider`, invoked synchronously: nothing of it is kept. Throws what Lambda answers, and an `Error` when it failed. */
const invoke = async (
  { region, endpointUrl, ...context }: AwsContext,
  { functionName, timeoutMs, signal }: Invocation,
  request: object,
): Promise<unknown> => {
  const base = endpointUrl ?? `https://lambda.${region}.amazonaws.com`;
  const response = await awsRequest(
    { region, endpointUrl, ...context },
    {
      service: 'lambda',
      method: 'POST',
      url: `${base}/2015-03-31/functions/${uriEncoded(functionName)}/invocations`,
      headers: { 'content-type': 'application/json', 'x-amz-invocation-type': 'RequestResponse' },
      body: Buffer.from(JSON.stringify(request)),
      timeoutMs,
      attempts: 1,
      ...(signal === undefined ? {} : { signal }),
    },
  );
  const answer = await response.text();
  if (response.headers.has('x-amz-function-error')) throw new Error('speak-to-provider failed.');
  return JSON.parse(answer) as unknown;
};

/** For `test-provider`. */
export const lambdaProbe =
  (
    { PROVIDER_FUNCTION: functionName }: { readonly PROVIDER_FUNCTION: string },
    context: AwsContext = lambdaAwsContext(),
  ): Probing =>
  async (request) =>
    ProbeAnswer.parse(await invoke(context, { functionName, timeoutMs: PROBE_TIMEOUT_MS }, request));

/** For an agent's runtime, whose credentials are renewed while it lives. */
export const lambdaMind =
  (functionName: string, contextNow: () => Promise<AwsContext>): Asking =>
  async (request, signal) => {
    const timeoutMs = request.timeoutMs + START_MS;
    return AskAnswer.parse(await invoke(await contextNow(), { functionName, timeoutMs, signal }, request));
  };
