import { randomUUID } from 'node:crypto';
import { BedrockAgentRuntimeClient } from '@aws-sdk/client-bedrock-agent-runtime';
import { lambdaAwsContext } from '../../shared/kernel/aws-context.ts';
import { lambdaMind } from '../../shared/providers/provider-function-lambda.ts';
import type { DirectCalls } from '../../shared/voice/direct/direct-calls.ts';
import { systemSessionClock } from '../../shared/voice/relay/system-session-clock.ts';
import { agentCoreServer, listen } from '../host/agentcore-server.ts';
import { bedrockModel } from '../host/bedrock-model.ts';
import { MindModel } from '../host/mind-model.ts';
import { voiceSockets } from '../host/voice-sockets.ts';
import { type AnswerDependencies, answerMessage } from './answer-message.ts';
import { type BrainDependencies, ownBrain } from './brain.ts';
import { describeAgent } from './describe.ts';
import { AgentRuntimeEnv } from './environment.ts';
import { bedrockKnowledge } from './knowledge.ts';
import { type LoadedAgent, loadAgent } from './load-agent.ts';
import { answerRequest, parseRequest } from './requests.ts';
import { type RuntimeKeeperOptions, runtimeKeeper } from './runtime-keeper.ts';
import { statusOf } from './status.ts';
import { voiceCalls } from './voice.ts';

const MAX_ANSWER_TOKENS = 800;
/** Callers wait no longer than the HTTP API's 30 s. */
const ANSWER_TIMEOUT_MS = 30_000;

const log = (entry: Readonly<Record<string, unknown>>): void => {
  process.stdout.write(`${JSON.stringify(entry)}\n`);
};

async function main(): Promise<void> {
  const env = AgentRuntimeEnv.parse(process.env);
  const agent = await loadAgent(import.meta.dirname);
  const client = new BedrockAgentRuntimeClient({});
  const search = bedrockKnowledge({
    client,
    knowledgeBaseId: env.KNOWLEDGE_BASE_ID,
    filter: env.KNOWLEDGE_FILTER,
    keyPrefix: `${env.USER_ID}/${env.AGENT_ID}/`,
    files: agent.files,
  });
  const answer = answerMessage({
    agent,
    modelOf: modelsOf(env, client.config.credentials),
    search,
    now: Date.now,
    monotonicMs: () => performance.now(),
  });
  const parts = { self: describeAgent(agent, Number(env.AGENT_VERSION)), search, answer };
  const carryOut = answerRequest(parts);
  const leaving = new AbortController();
  const calls = callsOf({ env, agent, parts, credentials: client.config.credentials, signal: leaving.signal });
  const server = agentCoreServer({
    // A session with a call must not be ended for being idle: a caller may listen for minutes.
    status: statusOf(() => calls !== undefined && calls.active() > 0, Date.now),
    invoke: ({ payload, signal }) => carryOut(parseRequest(payload), signal),
    ...(calls === undefined ? {} : { upgrade: voiceSockets(calls) }),
    log,
  });
  const port = await listen(server, env.PORT);
  log({ level: 'info', code: 'agent.ready', port, agentId: env.AGENT_ID, agentVersion: env.AGENT_VERSION });
  process.once('SIGTERM', () => {
    leaving.abort(new Error('The runtime was asked to go.'));
    const settled = calls === undefined ? Promise.resolve() : calls.idle();
    void settled.finally(() => server.close(() => process.exit(0)));
  });
}

/** The runtime's own model, or one that the agent's owner has chosen: that one is asked by a function that alone has its key. */
function modelsOf(
  env: AgentRuntimeEnv,
  credentials: RuntimeKeeperOptions['credentials'],
): AnswerDependencies['modelOf'] {
  const own = bedrockModel({ modelId: env.MODEL_ID, maxTokens: MAX_ANSWER_TOKENS, timeoutMs: ANSWER_TIMEOUT_MS });
  const { PROVIDER_FUNCTION: functionName, USER_ID: userId } = env;
  const ask = lambdaMind(functionName, async () => ({ ...lambdaAwsContext(), keys: await credentials() }));
  return (mind, leftMs) =>
    mind === undefined ? own : new MindModel({ mind, userId, maxTokens: MAX_ANSWER_TOKENS, ask, leftMs });
}

interface Speaking {
  readonly env: AgentRuntimeEnv;
  readonly agent: LoadedAgent;
  readonly parts: BrainDependencies;
  readonly credentials: RuntimeKeeperOptions['credentials'];
  readonly signal: AbortSignal;
}

/** The calls of an agent that speaks; undefined for one that only writes. Makes no connection before a caller does. */
function callsOf({ env, agent, parts, credentials, signal }: Speaking): DirectCalls | undefined {
  const { SPEECH_MODEL_ID: speechModelId, KEEP_CALL_FUNCTION: functionName } = env;
  if (agent.agentType === 'text' || speechModelId === undefined || functionName === undefined) return undefined;
  return voiceCalls({
    brain: (briefing) => ownBrain(parts, briefing),
    keeper: (claim) => runtimeKeeper({ functionName, claimId: randomUUID(), credentials }, claim),
    speechModelId,
    textModelId: env.MODEL_ID,
    clock: systemSessionClock(),
    used: () => {
      const { user, system } = process.cpuUsage();
      return { cpuMs: (user + system) / 1000, memoryGb: process.memoryUsage.rss() / 2 ** 30 };
    },
    signal,
  });
}

await main();
