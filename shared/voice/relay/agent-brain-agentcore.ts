import { createHash } from 'node:crypto';
import { lambdaAwsContext } from '../../kernel/aws-context.ts';
import { type AwsContext, awsRequest, uriEncoded } from '../../kernel/aws-request.ts';
import type { AgentRequest } from '../../messages/message.ts';
import { plainAnswer } from '../../messages/plain-answer.ts';
import { readAnswer } from '../../messages/read-answer.ts';
import { AgentPassagesSchema, AgentSelfSchema } from '../../messages/self-schemas.ts';
import type { AgentMind } from '../../providers/agent-mind.ts';
import type { CallBriefing } from '../keeper/call-keeper.ts';
import { knownOf } from '../keeper/known-of.ts';
import type { AgentBrain } from '../session/agent-brain.ts';

/** A cold runtime is ready after two to ten seconds; the caller hears a greeting at the latest then. */
const DESCRIBE_TIMEOUT_MS = 20_000;
/** The session gives up before; this only ends what nobody waits for any more. */
const ASK_TIMEOUT_MS = 60_000;
const MAX_ANSWER_CHARACTERS = 1_000_000;

type Briefing = Pick<
  CallBriefing,
  'callId' | 'userId' | 'agentId' | 'agentRuntimeArn' | 'endpointName' | 'business' | 'customer'
>;

/**
 * The deployed agent of a call, at its endpoint `live`. All questions of a call go to one AgentCore session, so that
 * the runtime stays warm. `describe` and `search` may be repeated; a question is sent once: the agent may act on it.
 */
export const agentCoreBrain = (
  briefing: Briefing,
  context: AwsContext = lambdaAwsContext(),
  mindOf: () => Promise<AgentMind | undefined> = async () => undefined,
): AgentBrain => {
  const invoke = async (
    payload: AgentRequest,
    options: { readonly signal: AbortSignal; readonly timeoutMs: number; readonly attempts: number },
  ): Promise<string> => {
    const base = context.endpointUrl ?? `https://bedrock-agentcore.${context.region}.amazonaws.com`;
    const path = `/runtimes/${uriEncoded(briefing.agentRuntimeArn)}/invocations`;
    const response = await awsRequest(context, {
      service: 'bedrock-agentcore',
      method: 'POST',
      url: `${base}${path}?qualifier=${uriEncoded(briefing.endpointName)}`,
      headers: {
        accept: 'application/json',
        'content-type': 'application/json',
        'x-amzn-bedrock-agentcore-runtime-session-id': runtimeSessionId(briefing),
      },
      body: Buffer.from(JSON.stringify(payload)),
      ...options,
    });
    const text = await response.text();
    if (text.length > MAX_ANSWER_CHARACTERS) throw new Error('The answer of the agent is too long.');
    return text;
  };
  return {
    describe: async (signal) => {
      const self = await invoke({ type: 'describe' }, { signal, timeoutMs: DESCRIBE_TIMEOUT_MS, attempts: 2 });
      return AgentSelfSchema.parse(JSON.parse(self));
    },
    ask: async ({ text, history, live, signal }) => {
      const mind = await mindOf();
      const message = {
        type: 'message' as const,
        sessionId: briefing.callId,
        text,
        history,
        context: knownOf(briefing, live),
        ...(mind === undefined ? {} : { mind }),
      };
      const answered = readAnswer(await invoke(message, { signal, timeoutMs: ASK_TIMEOUT_MS, attempts: 1 }));
      const { handoff, toolCalls } = answered;
      const clauseIds = [...toolCalls.flatMap((call) => call.clauseIds), ...(handoff?.clauseIds ?? [])];
      return { answer: plainAnswer(answered), handoff, clauseIds: [...new Set(clauseIds)] };
    },
    search: async ({ query, signal }) => {
      const found = await invoke({ type: 'search', query }, { signal, timeoutMs: DESCRIBE_TIMEOUT_MS, attempts: 2 });
      return AgentPassagesSchema.parse(JSON.parse(found)).passages;
    },
  };
};

/** AgentCore demands 33 characters or more and keeps a session to one of its own machines. */
const runtimeSessionId = ({ userId, agentId, callId }: Briefing): string =>
  createHash('sha256').update(`${userId}#${agentId}#${callId}`).digest('hex');
