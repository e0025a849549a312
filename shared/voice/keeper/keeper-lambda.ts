import * as z from 'zod';
import { lambdaAwsContext } from '../../kernel/aws-context.ts';
import { type AwsContext, awsRequest, uriEncoded } from '../../kernel/aws-request.ts';
import type { RecordingStore } from '../relay/recorder.ts';
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

type KeepCall = <Method extends keyof KeepCallResults>(
  method: Method,
  parameters?: object,
) => Promise<KeepCallResults[Method]>;

const keepCallOf = (
  { functionName, context = lambdaAwsContext() }: Omit<LambdaKeeperDeps, 'claimId'>,
  claim: OwnerClaim,
): KeepCall =>
  async function call<Method extends keyof KeepCallResults>(method: Method, parameters: object = {}) {
    const answer = Answer.parse(await invoke(context, functionName, { method, ...claim, ...parameters }));
    if (answer.outcome === 'fenced') throw new FencedError(claim.callId);
    if (answer.outcome === 'invalid') throw new Error(`keep-call did not understand ${method}: ${answer.detail}`);
    return answer.result as KeepCallResults[Method];
  };

/** A session that ends waits no longer for its recording. */
const UPLOAD_TIMEOUT_MS = 20_000;

/**
 * Where an owner that reaches no bucket puts its recording: keep-call says where, and whether at all. Throws
 * `FencedError`, or what S3 said.
 */
export const lambdaRecordings = (
  deps: Omit<LambdaKeeperDeps, 'claimId'>,
  claim: OwnerClaim,
): Pick<RecordingStore, 'write' | 'note'> => {
  const call = keepCallOf(deps, claim);
  return {
    write: async (_key, wav) => {
      const address = await call('recordingAddress', { bytes: wav.length });
      if (address === null) return;
      const signal = AbortSignal.timeout(UPLOAD_TIMEOUT_MS);
      const body = wav as Uint8Array<ArrayBuffer>;
      const response = await fetch(address.url, { method: 'PUT', headers: address.headers, body, signal });
      if (!response.ok) throw new Error(`S3 answered ${response.status} to a recording: ${await response.text()}`);
    },
    note: async () => {
      await call('recordingKept');
    },
  };
};

/**
 * The keeper of an owner that reaches no table, through the function `keep-call`. Every method may be repeated, so a
 * request without an answer is. Throws `FencedError`, or what kept the function from answering.
 */
export const lambdaKeeper = ({ claimId, ...deps }: LambdaKeeperDeps, claim: OwnerClaim): CallKeeper => {
  const call = keepCallOf(deps, claim);
  let extraLine = false;
  return {
    claim: () => call('claim', { claimId }),
    renew: () => call('renew', { extraLine }),
    // Named one by one here and below: keep-call refuses what it does not know, and a caller may have more.
    record: ({ entries, checkpoint, spentMicroUsd }) => call('record', { entries, checkpoint, spentMicroUsd }),
    look: ({ afterCommand, afterContext }) =>
      call('look', { afterCommand, ...(afterContext === undefined ? {} : { afterContext }) }),
    agent: (agentId) => call('agent', { agentId }),
    // Who watches is keep-call's own knowledge: an owner outside could name anybody.
    pass: async (passing) => {
      await call('pass', { passing });
    },
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
    finish: async ({ status, reason, checkpoint, entries, contextOverride }) => {
      const known = contextOverride === undefined ? {} : { contextOverride };
      await call('finish', { status, reason, checkpoint, entries, ...known });
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
