import { BedrockAgentCoreClient, InvokeAgentRuntimeCommand } from '@aws-sdk/client-bedrock-agentcore';
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
  AbortError: 'agent-timeout',
  TimeoutError: 'agent-timeout',
};

const DETAILS: Readonly<Partial<Record<ProblemCode, string>>> = {
  'too-many-requests': 'Too many messages at once. Wait a moment, then repeat.',
  'agent-runtime-failed': 'The agent ended with an error instead of an answer.',
  'agent-unavailable': 'The agent cannot be reached at the moment.',
  'agent-timeout': `The agent gave no answer within ${ANSWER_TIMEOUT_MS / 1000} seconds.`,
};

/** Agents in AgentCore Runtime. */
export const agentCoreRuntimes = (
  client: BedrockAgentCoreClient = new BedrockAgentCoreClient({}),
  timeoutMs = ANSWER_TIMEOUT_MS,
): AgentRuntimes => ({
  ask: async (runtime, runtimeSessionId, message) => {
    const command = new InvokeAgentRuntimeCommand({
      agentRuntimeArn: runtime.agentRuntimeArn,
      qualifier: runtime.endpointName,
      runtimeSessionId,
      contentType: 'application/json',
      accept: 'application/json',
      payload: Buffer.from(JSON.stringify(message)),
    });
    try {
      const { response } = await client.send(command, { abortSignal: AbortSignal.timeout(timeoutMs) });
      const text = (await response?.transformToString()) ?? '';
      if (text.length > MAX_ANSWER_BYTES) throw problem('agent-runtime-failed', 'The answer of the agent is too long.');
      return text;
    } catch (error) {
      throw problemFor(error);
    }
  },
});

const problemFor = (error: unknown): unknown => {
  if (error instanceof ProblemError || !(error instanceof Error)) return error;
  const code = PROBLEM_OF[error.name];
  return code === undefined
    ? error
    : problem(code, DETAILS[code] ?? error.message, { cause: error, retryAfterSeconds: 2 });
};
