import { BedrockAgentRuntimeClient } from '@aws-sdk/client-bedrock-agent-runtime';
import { agentCoreServer, listen } from '../host/agentcore-server.ts';
import { bedrockModel } from '../host/bedrock-model.ts';
import { answerMessage } from './answer-message.ts';
import { describeAgent } from './describe.ts';
import { AgentRuntimeEnv } from './environment.ts';
import { bedrockKnowledge } from './knowledge.ts';
import { loadAgent } from './load-agent.ts';
import { answerRequest, parseRequest } from './requests.ts';

const MAX_ANSWER_TOKENS = 800;
/** Callers wait no longer than the HTTP API's 30 s. */
const ANSWER_TIMEOUT_MS = 30_000;

const log = (entry: Readonly<Record<string, unknown>>): void => {
  process.stdout.write(`${JSON.stringify(entry)}\n`);
};

async function main(): Promise<void> {
  const env = AgentRuntimeEnv.parse(process.env);
  const agent = await loadAgent(import.meta.dirname);
  const search = bedrockKnowledge({
    client: new BedrockAgentRuntimeClient({}),
    knowledgeBaseId: env.KNOWLEDGE_BASE_ID,
    filter: env.KNOWLEDGE_FILTER,
    keyPrefix: `${env.USER_ID}/${env.AGENT_ID}/`,
    files: agent.files,
  });
  const answer = answerMessage({
    agent,
    model: bedrockModel({ modelId: env.MODEL_ID, maxTokens: MAX_ANSWER_TOKENS, timeoutMs: ANSWER_TIMEOUT_MS }),
    search,
    now: Date.now,
    monotonicMs: () => performance.now(),
  });
  const carryOut = answerRequest({ self: describeAgent(agent, Number(env.AGENT_VERSION)), search, answer });
  const startedUnixSeconds = Math.floor(Date.now() / 1000);
  const server = agentCoreServer({
    status: () => ({ status: 'Healthy', sinceUnixSeconds: startedUnixSeconds }),
    invoke: ({ payload, signal }) => carryOut(parseRequest(payload), signal),
    log,
  });
  const port = await listen(server, env.PORT);
  log({ level: 'info', code: 'agent.ready', port, agentId: env.AGENT_ID, agentVersion: env.AGENT_VERSION });
  process.once('SIGTERM', () => server.close(() => process.exit(0)));
}

await main();
