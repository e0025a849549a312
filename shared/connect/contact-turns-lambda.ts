import * as z from 'zod';
import { lambdaAwsContext } from '../kernel/aws-context.ts';
import { type AwsContext, awsRequest, uriEncoded } from '../kernel/aws-request.ts';
import type { ContactTurnAnswer, ContactTurns } from './contact-turns.ts';
import { HANDOFF_ATTRIBUTES } from './flow/actions.ts';

const Attributes = z.record(z.enum(HANDOFF_ATTRIBUTES), z.string());
const Answer = z.discriminatedUnion('outcome', [
  z.object({ outcome: z.literal('answered'), text: z.string() }),
  z.object({ outcome: z.literal('person'), text: z.string(), attributes: Attributes }),
  z.object({ outcome: z.literal('end'), text: z.string() }),
  z.object({ outcome: z.literal('busy') }),
]) satisfies z.ZodType<ContactTurnAnswer>;

/** Turns in the function `answer-contact-turn`, invoked synchronously: it goes on although nobody waits for it any more. */
export const lambdaContactTurns = (
  { CONTACT_TURN_FUNCTION }: { readonly CONTACT_TURN_FUNCTION: string },
  context: AwsContext = lambdaAwsContext(),
): ContactTurns => ({
  ask: async (request, timeoutMs) => {
    const base = context.endpointUrl ?? `https://lambda.${context.region}.amazonaws.com`;
    const late = AbortSignal.timeout(timeoutMs);
    try {
      const response = await awsRequest(context, {
        service: 'lambda',
        method: 'POST',
        url: `${base}/2015-03-31/functions/${uriEncoded(CONTACT_TURN_FUNCTION)}/invocations`,
        headers: { 'content-type': 'application/json', 'x-amz-invocation-type': 'RequestResponse' },
        body: Buffer.from(JSON.stringify(request)),
        timeoutMs: timeoutMs + 1000,
        attempts: 1,
        signal: late,
      });
      const text = await response.text();
      if (response.headers.has('x-amz-function-error')) throw new Error('answer-contact-turn failed.');
      return Answer.parse(JSON.parse(text));
    } catch (error) {
      if (late.aborted) return undefined;
      throw error;
    }
  },
});
