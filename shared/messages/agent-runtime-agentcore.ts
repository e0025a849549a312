import { lambdaAwsContext } from '../kernel/aws-context.ts';
import { type AwsContext, awsRequest, uriEncoded } from '../kernel/aws-request.ts';
import { type ProblemCode, ProblemError, problem } from '../kernel/problems.ts';
import type { AgentRuntimes } from './agent-runtime.ts';

/** The HTTP API gives up after 30 s; our own answer must still get through. */
const ANSWER_TIMEOUT_MS = 27_000;
const MAX_ANSWER_BYTES = 1_000_000;

/** By the error's name in AgentCore's API. */
const PROBLEM_OF: Readonly<Record<string, ProblemCode>> = {
  ThrottlingException: 'too-many-requests',
  ServiceQuotaExceededException: 'too-many-requests',
  RuntimeClientError: 'agent-runtime-failed',
  ResourceNotFoundException: 'agent-unavailable',
  ConflictException: 'agent-unavailable',
  RetryableConflictException: 'agent-unavailable',
  InternalServerException: 'agent-unavailable',
  // What `fetch` throws when nobody answers.
  TypeError: 'agent-unavailable',
  AbortError: 'agent-timeout',
  TimeoutError: 'agent-timeout',
};

const DETAILS: Readonly<Partial<Record<ProblemCode, string>>> = {
  'too-many-requests': 'Too many messages at once. Wait a moment, then repeat.',
  'agent-runtime-failed': 'The agent ended with an error instead of an answer.',
  'agent-unavailable': 'The agent cannot be reached at the moment.',
  'agent-timeout': `The agent gave no answer within ${ANSWER_TIMEOUT_MS / 1000} seconds.`,
};

/** Where AgentCore's data plane is reached. */
export const runtimesUrl = ({ endpointUrl, region }: Pick<AwsContext, 'endpointUrl' | 'region'>): string =>
  endpointUrl ?? `https://bedrock-agentcore.${region}.amazonaws.com`;

/** Agents in AgentCore Runtime (`InvokeAgentRuntime`). A message is sent once: an agent may act on it. */
export const agentCoreRuntimes = (
  context: AwsContext = lambdaAwsContext(),
  timeoutMs = ANSWER_TIMEOUT_MS,
): AgentRuntimes => ({
  ask: async (runtime, runtimeSessionId, message) => {
    const base = runtimesUrl(context);
    const path = `/runtimes/${uriEncoded(runtime.agentRuntimeArn)}/invocations`;
    try {
      const response = await awsRequest(context, {
        service: 'bedrock-agentcore',
        method: 'POST',
        url: `${base}${path}?qualifier=${uriEncoded(runtime.endpointName)}`,
        headers: {
          accept: 'application/json',
          'content-type': 'application/json',
          'x-amzn-bedrock-agentcore-runtime-session-id': runtimeSessionId,
        },
        body: Buffer.from(JSON.stringify(message)),
        timeoutMs,
        attempts: 1,
      });
      return await limitedText(response);
    } catch (error) {
      throw problemFor(error);
    }
  },
});

const limitedText = async (response: Response): Promise<string> => {
  const text = await response.text();
  if (text.length > MAX_ANSWER_BYTES) throw problem('agent-runtime-failed', 'The answer of the agent is too long.');
  return text;
};

const problemFor = (error: unknown): unknown => {
  if (error instanceof ProblemError || !(error instanceof Error)) return error;
  const code = PROBLEM_OF[error.name];
  return code === undefined
    ? error
    : problem(code, DETAILS[code] ?? error.message, { cause: error, retryAfterSeconds: 2 });
};
