import { BedrockAgentCoreControlClient, CreateAgentRuntimeCommand } from '@aws-sdk/client-bedrock-agentcore-control';
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { Sha256 } from '@smithy/core/checksum';
import { SignatureV4 } from '@smithy/signature-v4';
import { zipSync } from 'fflate';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { makeAgentCore } from '../../../local/services/agentcore/index.ts';
import { makeAgentCoreControl } from '../../../local/services/agentcore-control/index.ts';
import { makeS3 } from '../../../local/services/s3/index.ts';
import { failureOf, leapingClock, startAiCloud } from '../support/ai-cloud.ts';

/** A runtime that answers a WebSocket handshake by hand and echoes one small frame. */
const ECHO = `
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
const server = createServer((request, response) => response.end('{"status":"HealthyBusy"}'));
server.on('upgrade', (request, socket) => {
  const key = request.headers['sec-websocket-key'] + '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
  const accept = createHash('sha1').update(key).digest('base64');
  socket.write('HTTP/1.1 101 Switching Protocols\\r\\nUpgrade: websocket\\r\\nConnection: Upgrade\\r\\n' +
    'Sec-WebSocket-Accept: ' + accept + '\\r\\n\\r\\n');
  socket.on('data', (frame) => {
    if ((frame[0] & 15) !== 1) return socket.end();
    const mask = frame.subarray(2, 6);
    const text = frame.subarray(6).map((byte, at) => byte ^ mask[at % 4]);
    const body = Buffer.from(request.url + ' ' + Buffer.from(text));
    socket.write(Buffer.concat([Buffer.from([0x81, body.length]), body]));
  });
});
server.listen(Number(process.env.PORT), '127.0.0.1');
`;
const ROLE = 'arn:aws:iam::111122223333:role/deployer';
const clock = leapingClock();
// Idle sessions must not end by themselves here.
const patient = {
  ...clock,
  sleep: (_ms: number, signal?: AbortSignal) =>
    new Promise<void>((_, reject) => {
      signal?.addEventListener('abort', () => reject(new Error('aborted')));
    }),
};

let cloud: Awaited<ReturnType<typeof startAiCloud>>;
beforeEach(async () => {
  cloud = await startAiCloud(
    (context) => [makeS3(context), makeAgentCoreControl(context), makeAgentCore(context)],
    patient,
  );
  const trusted = {
    Effect: 'Allow',
    Action: 'sts:AssumeRole',
    Principal: { Service: 'bedrock-agentcore.amazonaws.com' },
  };
  const AssumeRolePolicyDocument = JSON.stringify({ Statement: [trusted] });
  await new IAMClient(cloud.settings).send(new CreateRoleCommand({ RoleName: 'deployer', AssumeRolePolicyDocument }));
});
afterEach(() => cloud.stop());

const artifact = {
  agentRuntimeArtifact: {
    codeConfiguration: {
      code: { s3: { bucket: 'code', prefix: 'agent.zip' } },
      runtime: 'NODE_22' as const,
      entryPoint: ['main.js'],
    },
  },
  roleArn: ROLE,
  networkConfiguration: { networkMode: 'PUBLIC' as const },
};

const uploadCode = async () => {
  const s3 = new S3Client(cloud.settings);
  await s3.send(new CreateBucketCommand({ Bucket: 'code' }));
  const files = { 'main.js': Buffer.from(ECHO), 'package.json': Buffer.from('{"type":"module"}') };
  await s3.send(new PutObjectCommand({ Bucket: 'code', Key: 'agent.zip', Body: zipSync(files) }));
};

const create = async (settings: typeof cloud.settings, agentRuntimeName: string) =>
  new BedrockAgentCoreControlClient(settings).send(new CreateAgentRuntimeCommand({ agentRuntimeName, ...artifact }));

test('a signed WebSocket connection reaches the /ws of the very zip', async () => {
  await uploadCode();
  const { agentRuntimeArn } = await create(cloud.settings, 'echo');
  clock.advance(1000);
  const url = new URL(`${cloud.settings.endpoint}/runtimes/${encodeURIComponent(agentRuntimeArn ?? '')}/ws`);
  const { region, credentials } = cloud.settings;
  const signer = new SignatureV4({ service: 'bedrock-agentcore', region, credentials, sha256: Sha256 });
  const { headers } = await signer.sign({
    method: 'GET',
    protocol: 'http:',
    hostname: url.hostname,
    port: Number(url.port),
    path: url.pathname,
    headers: { host: url.host, 'x-amzn-bedrock-agentcore-runtime-session-id': 's'.repeat(40) },
  });
  const socket = new WebSocket(url.href.replace('http', 'ws'), { headers });
  const echoed = await new Promise<string>((resolve, reject) => {
    socket.on('open', () => socket.send('hello')).on('error', reject);
    socket.on('message', (data) => resolve((data as Buffer).toString()));
  });
  socket.terminate();
  expect(echoed).toBe('/ws hello');
});

test('creating a runtime needs the permission to read its code and to pass its role', async () => {
  await uploadCode();
  const iam = new IAMClient(cloud.settings);
  const allow = (...statements: [string, string][]) =>
    iam.send(
      new PutRolePolicyCommand({
        RoleName: 'deployer',
        PolicyName: 'deploy',
        PolicyDocument: JSON.stringify({
          Statement: statements.map(([Action, Resource]) => ({ Effect: 'Allow', Action, Resource })),
        }),
      }),
    );
  const deployer = await cloud.as(ROLE);
  const runtimes: [string, string] = ['bedrock-agentcore:*', '*'];
  await allow(runtimes, ['iam:PassRole', ROLE]);
  const withoutCode = await failureOf(create(deployer, 'one'));
  await allow(runtimes, ['s3:GetObject', 'arn:aws:s3:::code/*']);
  const withoutRole = await failureOf(create(deployer, 'two'));
  await allow(runtimes, ['s3:GetObject', 'arn:aws:s3:::code/*'], ['iam:PassRole', ROLE]);
  const { status } = await create(deployer, 'three');
  const denied = { name: 'AccessDeniedException', status: 403 };
  expect([withoutCode, withoutRole, status]).toEqual([denied, denied, 'CREATING']);
});
