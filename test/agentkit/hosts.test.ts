import { type ChildProcess, spawn } from 'node:child_process';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ts from 'typescript';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildAgentKit } from '../../scripts/build-agentkit.ts';
import { type BedrockServer, engine, startBedrock } from '../model/support/bedrock-server.ts';

const AGENT_FILE = `import { defineAgent, handOffToHuman, searchKnowledge } from '@oratio/agent-kit';
export const agent = defineAgent({
  name: 'Library',
  greeting: { text: 'Hello', clauseIds: ['c1'] },
  style: [],
  clauses: [{ id: 'c1', text: 'Look things up.' }],
  refusals: [],
  tools: [
    searchKnowledge({ name: 'search_knowledge', description: 'Looks up facts.', clauseIds: ['c1'] }),
    handOffToHuman({ name: 'hand_off_to_human', description: 'A person takes over.', clauseIds: [] }),
  ],
});`;

const DOCUMENTS = { 'rules/loans.md': '# Loans\n\nBooks may be kept for four weeks. They can be renewed twice.' };
const FILTER = { equals: { key: 'agentId', value: 'a1' } };
/** Makes the model throttle, to see what the caller is told. */
const THROTTLED = 'Please be throttled';

interface Host {
  readonly url: string;
  readonly port: number;
  readonly stop: () => void;
}

let directory: string;
let bedrock: BedrockServer;
let runtime: Host;
let creator: Host;

/** Starts a built `main.js` as AgentCore would and waits for the line that says it listens. */
async function startHost(folder: string, environment: Record<string, string>): Promise<Host> {
  const child: ChildProcess = spawn(process.execPath, ['main.js'], {
    cwd: folder,
    env: {
      PATH: process.env.PATH,
      AWS_REGION: 'us-east-1',
      AWS_ENDPOINT_URL: bedrock.url,
      AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'secret',
      AWS_MAX_ATTEMPTS: '1',
      PORT: '0',
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const port = await new Promise<number>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`main.js ended with ${code}`)));
    child.stdout?.once('data', (line: Buffer) => resolve((JSON.parse(line.toString()) as { port: number }).port));
  });
  return { url: `http://127.0.0.1:${port}`, port, stop: () => child.kill() };
}

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'agentkit-'));
  await buildAgentKit(join(directory, 'built'));
  const agent = join(directory, 'agent');
  await cp(join(directory, 'built/agent-runtime'), agent, { recursive: true });
  const { outputText } = ts.transpileModule(AGENT_FILE, {
    compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2023 },
  });
  await writeFile(join(agent, 'agent_file.mjs'), outputText);
  await writeFile(join(agent, 'prompt.md'), 'You are a librarian. Use the tool search_knowledge.');
  const files = [{ path: 'rules/loans.md', description: 'How long books may be kept' }];
  await writeFile(join(agent, 'spec.json'), JSON.stringify({ agentType: 'text', files }));
  const answer = engine();
  bedrock = await startBedrock(DOCUMENTS, {
    keyPrefix: 'u1/a1/',
    converse: async (modelId, input) => {
      if (JSON.stringify(input.messages).includes(THROTTLED)) {
        throw Object.assign(new Error('slow down'), { name: 'ThrottlingException' });
      }
      return answer(modelId, input);
    },
  });
  [runtime, creator] = await Promise.all([
    startHost(agent, {
      AGENT_ID: 'a1',
      USER_ID: 'u1',
      AGENT_VERSION: '1',
      KNOWLEDGE_BASE_ID: 'KB12345678',
      KNOWLEDGE_FILTER: JSON.stringify(FILTER),
      MODEL_ID: 'amazon.nova-pro-v1:0',
      PROVIDER_FUNCTION: 'oratio-speak-to-provider',
    }),
    startHost(join(directory, 'built/agent-creator'), { MODEL_ID: 'm', ENVIRONMENT: 'test' }),
  ]);
}, 60_000);

afterAll(async () => {
  runtime?.stop();
  creator?.stop();
  await bedrock?.close();
  await rm(directory, { recursive: true, force: true });
});

const post = async (host: Host, body: string): Promise<{ status: number; body: unknown }> => {
  const response = await fetch(`${host.url}/invocations`, { method: 'POST', body });
  return { status: response.status, body: await response.json() };
};

const message = (text: string, history: unknown[] = []): string =>
  JSON.stringify({ type: 'message', sessionId: 's1', text, history });

test('a packaged agent answers from its documents, with citations and the tools it used', async () => {
  const answer = await post(runtime, message('How long may I keep a book?', [{ role: 'assistant', text: 'Hello' }]));
  expect(answer).toEqual({
    status: 200,
    body: {
      answer: 'Books may be kept for four weeks. They can be renewed twice. [1]',
      citations: [
        {
          marker: 1,
          path: 'rules/loans.md',
          description: 'How long books may be kept',
          excerpt: 'Books may be kept for four weeks. They can be renewed twice.',
          score: expect.closeTo(0.83, 1),
        },
      ],
      toolCalls: [
        {
          name: 'search_knowledge',
          input: { query: 'How long may I keep a book?' },
          status: 'success',
          clauseIds: ['c1'],
          durationMs: expect.any(Number),
        },
      ],
      handoff: null,
      usage: {
        inputTokens: expect.any(Number),
        outputTokens: expect.any(Number),
        modelId: 'amazon.nova-pro-v1:0',
        costMicroUsd: expect.any(Number),
        priceKnown: true,
      },
    },
  });
});

test('the filter of the tenant goes with every search, and the descriptions of files with the tool', async () => {
  await post(runtime, message('May I renew a book?'));
  const retrieve = bedrock.requests.filter(({ path }) => path.includes('/retrieve'));
  const converse = bedrock.requests.find(({ path }) => path.includes('/converse'));
  expect(retrieve.map(({ body }) => body.retrievalConfiguration)).toEqual(
    retrieve.map(() => ({ vectorSearchConfiguration: { numberOfResults: 12, filter: FILTER } })),
  );
  expect(JSON.stringify(converse?.body.toolConfig)).toContain('rules/loans.md: How long books may be kept');
});

test('an agent tells about itself and finds passages, always within its tenant', async () => {
  const answers = [
    await post(runtime, JSON.stringify({ type: 'describe' })),
    await post(runtime, JSON.stringify({ type: 'search', query: 'How long may books be kept?', filter: {} })),
  ];
  expect(answers).toEqual([
    {
      status: 200,
      body: {
        prompt: 'You are a librarian. Use the tool searchKnowledge.',
        greeting: 'Hello',
        agentName: 'Library',
        agentVersion: 1,
        topics: ['How long books may be kept'],
      },
    },
    {
      status: 200,
      body: {
        passages: [
          {
            path: 'rules/loans.md',
            text: expect.stringContaining('four weeks'),
            score: expect.closeTo(0.83, 1),
          },
        ],
      },
    },
  ]);
  expect(bedrock.requests.at(-1)?.body.retrievalConfiguration).toEqual({
    vectorSearchConfiguration: { numberOfResults: 12, filter: FILTER },
  });
});

test('what cannot be served is refused as JSON with a status and a code', async () => {
  const refused = await Promise.all([
    post(runtime, 'not json'),
    post(runtime, JSON.stringify({ type: 'message', sessionId: 's1' })),
    post(runtime, JSON.stringify({ type: 'search', query: ' ' })),
    post(runtime, message(THROTTLED)),
    post(creator, JSON.stringify({ type: 'build' })),
    fetch(`${runtime.url}/elsewhere`).then(async (response) => ({
      status: response.status,
      body: await response.json(),
    })),
    fetch(`${runtime.url}/ws`).then(async (response) => ({ status: response.status, body: await response.json() })),
  ]);
  expect(refused.map(({ status, body }) => [status, (body as { error: { code: string } }).error.code])).toEqual([
    [400, 'malformed-json'],
    [400, 'invalid-message'],
    [400, 'invalid-message'],
    [429, 'throttled'],
    [400, 'invalid-build'],
    [404, 'not-found'],
    [501, 'voice-not-served'],
  ]);
});

test('a WebSocket is refused before it opens', async () => {
  const socket = connect(runtime.port, '127.0.0.1');
  socket.write('GET /ws HTTP/1.1\r\nhost: x\r\nconnection: Upgrade\r\nupgrade: websocket\r\n\r\n');
  const chunks: Buffer[] = [];
  for await (const chunk of socket as AsyncIterable<Buffer>) chunks.push(chunk);
  expect(Buffer.concat(chunks).toString()).toMatch(/^HTTP\/1\.1 501 [\s\S]*voice-not-served/);
});

test('both hosts answer a ping as AgentCore wants it', async () => {
  const pings = await Promise.all([runtime, creator].map(async ({ url }) => (await fetch(`${url}/ping`)).json()));
  const healthy = { status: 'Healthy', time_of_last_update: expect.any(Number) };
  expect(pings).toEqual([healthy, healthy]);
});
