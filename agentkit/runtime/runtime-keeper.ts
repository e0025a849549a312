import { lambdaAwsContext } from '../../shared/kernel/aws-context.ts';
import type { AwsContext } from '../../shared/kernel/aws-request.ts';
import type { CallKeeper, OwnerClaim } from '../../shared/voice/keeper/call-keeper.ts';
import { lambdaKeeper } from '../../shared/voice/keeper/keeper-lambda.ts';

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

/** The keeper of a call in an agent's runtime. A call outlives the credentials it began with, so each request asks for them. */
export function runtimeKeeper(
  { functionName, claimId, credentials }: RuntimeKeeperOptions,
  claim: OwnerClaim,
): CallKeeper {
  const base = lambdaAwsContext();
  let keys = base.keys;
  const context: AwsContext = {
    ...base,
    get keys() {
      return keys;
    },
  };
  const keeper = lambdaKeeper({ functionName, claimId, context }, claim);
  const fresh =
    <Args extends readonly unknown[], Result>(method: (...args: Args) => Promise<Result>) =>
    async (...args: Args): Promise<Result> => {
      const { accessKeyId, secretAccessKey, sessionToken } = await credentials();
      keys = { accessKeyId, secretAccessKey, sessionToken };
      return method(...args);
    };
  return {
    claim: fresh(keeper.claim),
    renew: fresh(keeper.renew),
    record: fresh(keeper.record),
    takeExtraLine: fresh(keeper.takeExtraLine),
    releaseExtraLine: fresh(keeper.releaseExtraLine),
    handOver: fresh(keeper.handOver),
    finish: fresh(keeper.finish),
  };
}
