import { lambdaAwsContext } from '../../kernel/aws-context.ts';
import { type AwsContext, awsRequest, uriEncoded } from '../../kernel/aws-request.ts';
import type { OwnerSummoner } from './call-owner.ts';

/** Owners as asynchronous invocations of a Lambda function. A summons that arrives twice claims once. */
export const lambdaOwnerSummoner = (
  { VOICE_SESSION_FUNCTION }: { readonly VOICE_SESSION_FUNCTION: string },
  context: AwsContext = lambdaAwsContext(),
): OwnerSummoner => ({
  summon: async (summons) => {
    const base = context.endpointUrl ?? `https://lambda.${context.region}.amazonaws.com`;
    await awsRequest(context, {
      service: 'lambda',
      method: 'POST',
      url: `${base}/2015-03-31/functions/${uriEncoded(VOICE_SESSION_FUNCTION)}/invocations`,
      headers: { 'content-type': 'application/json', 'x-amz-invocation-type': 'Event' },
      body: Buffer.from(JSON.stringify(summons)),
    });
  },
});
