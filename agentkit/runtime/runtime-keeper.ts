import { lambdaAwsContext } from '../../shared/kernel/aws-context.ts';
import type { AwsContext } from '../../shared/kernel/aws-request.ts';
import type { CallKeeper, OwnerClaim } from '../../shared/voice/keeper/call-keeper.ts';
import { lambdaKeeper, lambdaRecordings } from '../../shared/voice/keeper/keeper-lambda.ts';
import type { RecordingStore } from '../../shared/voice/relay/recorder.ts';

export interface RuntimeKeeperOptions {
  readonly functionName: string;
  readonly claimId: string;
  /** Of the runtime's role, as the SDK finds and renews them: AgentCore need not put them into the environment. */
  readonly credentials: () => Promise<{
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
  }>;
}

/**
 * The keeper of a call in an agent's runtime, and where its recording goes. A call outlives the credentials it began
 * with, so each request asks for them.
 */
export function runtimeKeeper(
  { functionName, claimId, credentials }: RuntimeKeeperOptions,
  claim: OwnerClaim,
): { readonly keeper: CallKeeper; readonly recordings: RecordingStore } {
  const base = lambdaAwsContext();
  let keys = base.keys;
  const context: AwsContext = {
    ...base,
    get keys() {
      return keys;
    },
  };
  const keeper = lambdaKeeper({ functionName, claimId, context }, claim);
  const recordings = lambdaRecordings({ functionName, context }, claim);
  const fresh =
    <Args extends readonly unknown[], Result>(method: (...args: Args) => Promise<Result>) =>
    async (...args: Args): Promise<Result> => {
      const { accessKeyId, secretAccessKey, sessionToken } = await credentials();
      keys = { accessKeyId, secretAccessKey, sessionToken };
      return method(...args);
    };
  return {
    keeper: {
      claim: fresh(keeper.claim),
      renew: fresh(keeper.renew),
      record: fresh(keeper.record),
      look: fresh(keeper.look),
      agent: fresh(keeper.agent),
      ...(keeper.pass === undefined ? {} : { pass: fresh(keeper.pass) }),
      takeExtraLine: fresh(keeper.takeExtraLine),
      releaseExtraLine: fresh(keeper.releaseExtraLine),
      handOver: fresh(keeper.handOver),
      finish: fresh(keeper.finish),
    },
    recordings: { write: fresh(recordings.write), note: fresh(recordings.note) },
  };
}
