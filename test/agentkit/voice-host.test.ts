import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ts from 'typescript';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildAgentKit } from '../../scripts/build-agentkit.ts';
import { openClient } from '../voice/support/test-client.ts';

const AGENT_FILE = `import { defineAgent, searchKnowledge } from '@oratio/agent-kit';
export const agent = defineAgent({
  name: 'Library',
  greeting: { text: 'Hello', clauseIds: [] },
  style: [],
  clauses: [],
  refusals: [],
  tools: [searchKnowledge({ name: 'search_knowledge', description: 'Looks up facts.', clauseIds: [] })],
});`;

let folder: string;
let main: ChildProcess;
let port: number;
const kept: Record<string, unknown>[] = [];

/** Lambda, whose function `keep-call` fences everybody off. */
const lambda = createServer((request, response) => {
  void request.toArray().then((chunks) => {
    kept.push({
      path: request.url,
      signed: request.headers.authorization?.includes('Credential=AKIDEXAMPLE/'),
      ...(JSON.parse(Buffer.concat(chunks as Buffer[]).toString()) as object),
    });
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ outcome: 'fenced' }));
  });
});

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'voice-host-'));
  await buildAgentKit(join(folder, 'built'));
  const agent = join(folder, 'agent');
  await cp(join(folder, 'built/agent-runtime'), agent, { recursive: true });
  const compilerOptions = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2023 };
  await writeFile(join(agent, 'agent_file.mjs'), ts.transpileModule(AGENT_FILE, { compilerOptions }).outputText);
  await writeFile(join(agent, 'prompt.md'), 'You are a librarian.');
  await writeFile(join(agent, 'spec.json'), JSON.stringify({ agentType: 'voice', files: [] }));
  await new Promise<void>((resolve) => {
    lambda.listen(0, '127.0.0.1', resolve);
  });
  main = spawn(process.execPath, ['main.js'], {
    cwd: agent,
    env: {
      PATH: process.env.PATH,
      AWS_REGION: 'us-east-1',
      AWS_ENDPOINT_URL: `http://127.0.0.1:${(lambda.address() as AddressInfo).port}`,
      AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'secret',
      PORT: '0',
      AGENT_ID: 'a1',
      USER_ID: 'u1',
      AGENT_VERSION: '1',
      MODEL_ID: 'amazon.nova-pro-v1:0',
      SPEECH_MODEL_ID: 'amazon.nova-2-sonic-v1:0',
      KEEP_CALL_FUNCTION: 'oratio-keep-call',
      PROVIDER_FUNCTION: 'oratio-speak-to-provider',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  port = await new Promise<number>((resolve, reject) => {
    main.once('exit', (code) => reject(new Error(`main.js ended with ${code}`)));
    main.stdout?.once('data', (line: Buffer) => resolve((JSON.parse(line.toString()) as { port: number }).port));
  });
}, 60_000);

afterAll(async () => {
  main?.kill();
  lambda.close();
  await rm(folder, { recursive: true, force: true });
});

test('a packaged agent that speaks takes a call, and lets go of it when its ticket does not hold', async () => {
  const callId = randomUUID();
  const client = await openClient(`ws://127.0.0.1:${port}/ws`, {
    'x-amzn-bedrock-agentcore-runtime-session-id': callId,
  });
  client.send({ type: 'session.start', ticket: 'stolen' });
  const { code } = await client.next('problem');
  expect({ code, closed: await client.closed, kept }).toEqual({
    code: 'unauthenticated',
    closed: 4401,
    kept: [
      {
        path: '/2015-03-31/functions/oratio-keep-call/invocations',
        signed: true,
        method: 'claim',
        callId,
        epoch: 1,
        ownerToken: 'stolen',
        claimId: expect.any(String),
      },
    ],
  });
});

test('its /ws wants a handshake', async () => {
  const response = await fetch(`http://127.0.0.1:${port}/ws`);
  expect([response.status, await response.json()]).toEqual([
    426,
    { error: { code: 'upgrade-required', message: 'Open a WebSocket here.' } },
  ]);
});
