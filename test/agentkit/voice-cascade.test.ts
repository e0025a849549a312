import { type ChildProcess, spawn } from 'node:child_process';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateBucketCommand, GetObjectCommand, GetObjectTaggingCommand, S3Client } from '@aws-sdk/client-s3';
import ts from 'typescript';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readWav } from '../../audio/wav.ts';
import { AwsError } from '../../local/core/service.ts';
import { makeBedrockRuntime } from '../../local/services/bedrock-runtime/index.ts';
import { makePolly } from '../../local/services/polly/index.ts';
import { makeS3 } from '../../local/services/s3/index.ts';
import { makeTranscribe } from '../../local/services/transcribe/index.ts';
import { buildAgentKit } from '../../scripts/build-agentkit.ts';
import { CallId } from '../../shared/calls/call.ts';
import { dynamoCallStore } from '../../shared/calls/calls-dynamodb.ts';
import { agentAllowances } from '../../shared/provisioning/agent-roles.ts';
import { keepCall } from '../../shared/voice/keeper/keep-call.ts';
import { s3RecordingUploads } from '../../shared/voice/keeper/recording-uploads-s3.ts';
import { directCalls } from '../../shared/voice/stores/direct-calls.ts';
import { VoiceSettings } from '../../shared/voice/voice-settings.ts';
import { servingAgent, TABLES } from '../access/support/tables.ts';
import { scriptedSpeech } from '../local/support/scripted-speech.ts';
import { ACCOUNT, hostServices, REGION } from '../local/support/service-host.ts';
import { AGENT, startGateway } from '../voice/gateway/support.ts';
import { openClient, toneFrame } from '../voice/support/test-client.ts';

const AGENT_FILE = `import { defineAgent } from '@oratio/agent-kit';
export const agent = defineAgent({
  name: 'Library',
  greeting: { text: 'Welcome to the library', clauseIds: [] },
  style: [],
  clauses: [],
  refusals: [],
  tools: [],
});`;
const MODEL = 'amazon.nova-pro-v1:0';
const BUCKET = 'recordings';
const TICKET = 'first-owner';

const speech = scriptedSpeech();
let folder: string;
let main: ChildProcess;
let port: number;
let tables: Awaited<ReturnType<typeof startGateway>>;
let cloud: Awaited<ReturnType<typeof startAws>>;
let lambda: ReturnType<typeof createServer>;

/** What the permissions of an agent with a voice let it do, and no more. */
const policy = agentAllowances({
  partition: 'aws',
  region: REGION,
  accountId: ACCOUNT,
  userId: 'ann',
  agentId: AGENT,
  codeBucket: 'code',
  knowledgeBucket: 'knowledge',
  bedrockKnowledgeBaseId: undefined,
  modelId: MODEL,
  runtimeName: 'o_dev_1',
  providerFunction: 'oratio-speak-to-provider',
  speech: { speechModelId: 'amazon.nova-2-sonic-v1:0', keepCallFunction: 'oratio-keep-call' },
});

/** An account to which Nova Sonic is closed, while all else works. */
const startAws = () =>
  hostServices({
    make: (context) => ({
      s3: makeS3(context),
      transcribe: makeTranscribe(context, { speech: async () => speech.speech }),
      polly: makePolly(context, { speech: async () => speech.speech }),
      bedrockRuntime: makeBedrockRuntime(context, {
        converse: async () => ({
          output: { message: { role: 'assistant', content: [{ text: 'We open at nine.' }] } },
          stopReason: 'end_turn',
          usage: undefined,
          metrics: undefined,
        }),
        speech: () => Promise.reject(new AwsError('AccessDeniedException', 'Access to this model is denied.', 403)),
      }),
    }),
    policy: policy.map(({ Sid, Effect, Action, Resource }) => ({
      Sid,
      Effect,
      Action: [...Action],
      Resource: [...Resource],
    })),
  });

/** Lambda with `keep-call` as it is. */
const startLambda = async () => {
  const context = { region: REGION, keys: cloud.root.credentials, endpointUrl: cloud.endpointUrl, now: Date.now };
  const handle = keepCall({
    ...tables.keeperDeps,
    clock: { now: Date.now },
    calls: dynamoCallStore(TABLES, tables.client),
    uploads: s3RecordingUploads({ RECORDINGS_BUCKET: BUCKET }, context),
  });
  const server = createServer((request, response) => {
    void request.toArray().then(async (chunks) => {
      const answer = await handle(JSON.parse(Buffer.concat(chunks as Buffer[]).toString()));
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return server;
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'voice-cascade-'));
  tables = await startGateway();
  cloud = await startAws();
  lambda = await startLambda();
  await buildAgentKit(join(folder, 'built'));
  const agent = join(folder, 'agent');
  await cp(join(folder, 'built/agent-runtime'), agent, { recursive: true });
  const compilerOptions = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2023 };
  await writeFile(join(agent, 'agent_file.mjs'), ts.transpileModule(AGENT_FILE, { compilerOptions }).outputText);
  await writeFile(join(agent, 'prompt.md'), 'You are a librarian.');
  await writeFile(join(agent, 'spec.json'), JSON.stringify({ agentType: 'voice', files: [] }));
  const { credentials } = cloud.role;
  main = spawn(process.execPath, ['main.js'], {
    cwd: agent,
    env: {
      PATH: process.env.PATH,
      AWS_REGION: REGION,
      AWS_ENDPOINT_URL: `http://127.0.0.1:${(lambda.address() as AddressInfo).port}`,
      AWS_ENDPOINT_URL_BEDROCK_RUNTIME: cloud.endpointUrl,
      AWS_ENDPOINT_URL_TRANSCRIBE_STREAMING: cloud.endpointUrl,
      AWS_ENDPOINT_URL_POLLY: cloud.endpointUrl,
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      AWS_SESSION_TOKEN: credentials.sessionToken,
      PORT: '0',
      AGENT_ID: AGENT,
      USER_ID: 'ann',
      AGENT_VERSION: '1',
      MODEL_ID: MODEL,
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
  lambda?.close();
  await cloud?.discard();
  await tables?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** A call as `POST /voice-tickets` opens it, and the client's socket to the agent. */
const dial = async (end: string) => {
  const callId = CallId.parse(`019a5c1e-7d00-7a3b-9c55-0000000000${end}`);
  const agent = servingAgent(AGENT, {
    voice: VoiceSettings.parse({ recording: { enabled: true, retentionDays: 10 } }),
  });
  const nowMs = Date.now();
  const direct = directCalls(tables, { tenantDailyBudgetUsd: 50, recordTtlDays: 30 });
  await direct.open({ callId, agent, ownerToken: TICKET, nowMs, connectUntilMs: nowMs + 60_000 });
  const client = await openClient(`ws://127.0.0.1:${port}/ws`, {
    'x-amzn-bedrock-agentcore-runtime-session-id': callId,
  });
  const over = async () => {
    client.send({ type: 'session.end' });
    await client.closed;
    await expect.poll(async () => (await tables.calls.find({ userId: 'ann', callId }))?.status).toBe('completed');
    return tables.calls.find({ userId: 'ann', callId });
  };
  return { callId, client, over };
};

test('a call in an agent’s runtime falls to Transcribe and Polly, with nothing but the agent’s own permissions', async () => {
  const { client, callId, over } = await dial('01');
  client.send({ type: 'session.start', ticket: TICKET });
  const greeting = await client.next('audio');
  for (let seq = 0; seq < 120; seq += 1) {
    client.send({ type: 'audio', seq, audio: toneFrame(20, 16_000, seq < 60 ? 8000 : 0) });
  }
  await expect.poll(() => speech.ears.length).toBeGreaterThan(0);
  speech.ears.at(-1)?.hearsTurn('When do you open?');
  const question = await client.next('transcript', ({ role, stage }) => role === 'user' && stage === 'final');
  await client.next('audio', ({ turn }) => turn === question.turn);
  const call = await over();
  const entries = await tables.calls.entries({ userId: 'ann' as never, agentId: AGENT as never, callId });
  expect({
    greeting: greeting.turn,
    question: question.text,
    changes: entries.filter(({ kind }) => kind === 'engine-change'),
    engine: call?.engine,
    recordedParts: call?.recordedParts,
  }).toEqual({
    greeting: 0,
    question: 'When do you open?',
    changes: [expect.objectContaining({ from: 'nova-sonic', to: 'cascade', reason: 'denied' })],
    engine: 'cascade',
    recordedParts: undefined,
  });
});

test('what it records where the caller agreed lies in the bucket, though the agent may write to none', async () => {
  const s3 = new S3Client({ ...cloud.root, forcePathStyle: true });
  await s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
  const { client, callId, over } = await dial('02');
  client.send({ type: 'session.start', ticket: TICKET, recordingConsent: true });
  await client.next('transcript', ({ turn, stage }) => turn === 0 && stage === 'final');
  await over();
  await expect.poll(async () => (await tables.calls.find({ userId: 'ann', callId }))?.recordedParts).toEqual([1]);
  const object = { Bucket: BUCKET, Key: `ann/${AGENT}/${callId}.wav` };
  const { Body } = await s3.send(new GetObjectCommand(object));
  const { TagSet } = await s3.send(new GetObjectTaggingCommand(object));
  const { sampleRateHertz, channels } = readWav((await Body?.transformToByteArray()) ?? new Uint8Array());
  expect([sampleRateHertz, channels.length, TagSet?.find(({ Key }) => Key === 'retentionDays')?.Value]).toEqual([
    16_000,
    2,
    '7',
  ]);
  s3.destroy();
});
