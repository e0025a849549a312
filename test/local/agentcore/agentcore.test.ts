import { join } from 'node:path';
import {
  BedrockAgentCoreClient,
  InvokeAgentRuntimeCommand,
  StopRuntimeSessionCommand,
} from '@aws-sdk/client-bedrock-agentcore';
import {
  BedrockAgentCoreControlClient,
  CreateAgentRuntimeCommand,
  CreateAgentRuntimeEndpointCommand,
  DeleteAgentRuntimeCommand,
  DeleteAgentRuntimeEndpointCommand,
  GetAgentRuntimeCommand,
  GetAgentRuntimeEndpointCommand,
  ListAgentRuntimeEndpointsCommand,
  ListAgentRuntimesCommand,
  ListAgentRuntimeVersionsCommand,
  UpdateAgentRuntimeCommand,
  UpdateAgentRuntimeEndpointCommand,
} from '@aws-sdk/client-bedrock-agentcore-control';
import { CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { zipSync } from 'fflate';
import { afterEach, expect, test } from 'vitest';
import { makeAgentCore } from '../../../local/services/agentcore/index.ts';
import { makeAgentCoreControl } from '../../../local/services/agentcore-control/index.ts';
import { unpackZip } from '../../../local/services/agentcore-control/unpack-code.ts';
import { failureOf, leapingClock, startAiCloud } from '../support/ai-cloud.ts';

const ROLE = 'arn:aws:iam::111122223333:role/agent';
const SESSION = 'session-'.padEnd(40, '0');

/** A runtime that tells what it was given; `{"stream":true}` is answered in pieces, `{"crash":true}` not at all. */
const agentCode = (version: string): string => `
import { createServer } from 'node:http';
const { PORT, GREETING, AWS_ACCESS_KEY_ID, AWS_ENDPOINT_URL, HOME } = process.env;
createServer((request, response) => {
  if (request.url === '/ping') return response.end('{"status":"Healthy"}');
  const parts = [];
  request.on('data', (part) => parts.push(part)).on('end', () => {
    const payload = JSON.parse(Buffer.concat(parts).toString());
    if (payload.crash) process.exit(3);
    if (payload.fail) return response.writeHead(500).end();
    if (payload.stream) {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('data: one\\n\\n');
      return setTimeout(() => response.end('data: two\\n\\n'), 5);
    }
    response.writeHead(200, { 'content-type': 'application/json' });
    const session = request.headers['x-amzn-bedrock-agentcore-runtime-session-id'];
    response.end(JSON.stringify({ version: '${version}', pid: process.pid, session, payload, GREETING, HOME,
      hasKey: AWS_ACCESS_KEY_ID?.startsWith('ASIA'), hasEndpoint: AWS_ENDPOINT_URL?.startsWith('http') }));
  });
}).listen(Number(PORT), '127.0.0.1');
`;

const zips: Record<string, Buffer> = {};
for (const version of ['one', 'two']) {
  const files = { 'main.js': Buffer.from(agentCode(version)), 'package.json': Buffer.from('{"type":"module"}') };
  zips[version] = Buffer.from(zipSync(files));
}
zips.empty = Buffer.from(zipSync({ 'readme.md': Buffer.from('nothing') }));
zips.crashing = Buffer.from(zipSync({ 'main.js': Buffer.from('process.exit(1)') }));
zips.escaping = Buffer.from(zipSync({ '../main.js': Buffer.from('') }));
zips.text = Buffer.from('not a zip');

let cloud: Awaited<ReturnType<typeof start>>;
afterEach(() => cloud.stop());

const start = async (settings = {}) => {
  const clock = leapingClock();
  // Sleeping sessions must wait for the test's word here.
  const sleepers: (() => void)[] = [];
  const patient = {
    ...clock,
    sleep: (ms: number, signal?: AbortSignal) =>
      new Promise<void>((resolve, reject) => {
        signal?.addEventListener('abort', () => reject(new Error('aborted')));
        sleepers.push(() => {
          clock.advance(ms);
          resolve();
        });
      }),
  };
  const started = await startAiCloud(
    (context) => [
      makeAgentCoreControl(context, {
        fetchCode: async ({ key }) => unpackZip(zips[key] ?? Buffer.alloc(0), join(context.dataDir, 'code')),
      }),
      makeAgentCore(context, settings),
    ],
    patient,
  );
  const trusted = {
    Effect: 'Allow',
    Principal: { Service: 'bedrock-agentcore.amazonaws.com' },
    Action: 'sts:AssumeRole',
  };
  const makeRole = (RoleName: string, trust: object) =>
    new IAMClient(started.settings).send(
      new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: JSON.stringify({ Statement: [trust] }) }),
    );
  await makeRole('agent', trusted);
  await makeRole('stranger', { ...trusted, Principal: { Service: 'lambda.amazonaws.com' } });
  const control = new BedrockAgentCoreControlClient(started.settings);
  const runtime = new BedrockAgentCoreClient(started.settings);
  const draft = (key: string) => ({
    agentRuntimeArtifact: {
      codeConfiguration: {
        code: { s3: { bucket: 'code', prefix: key } },
        runtime: 'NODE_22' as const,
        entryPoint: ['main.js'],
      },
    },
    roleArn: ROLE,
    networkConfiguration: { networkMode: 'PUBLIC' as const },
    environmentVariables: { GREETING: 'hello' },
  });
  const create = async (name: string, key: string) => {
    const made = await control.send(new CreateAgentRuntimeCommand({ agentRuntimeName: name, ...draft(key) }));
    clock.advance(1000);
    return made;
  };
  const invoke = (agentRuntimeArn: string | undefined, payload: object, more = {}) =>
    runtime.send(
      new InvokeAgentRuntimeCommand({
        agentRuntimeArn,
        runtimeSessionId: SESSION,
        payload: Buffer.from(JSON.stringify(payload)),
        ...more,
      }),
    );
  const ask = async (agentRuntimeArn: string | undefined, more = {}) => {
    const { response } = await invoke(agentRuntimeArn, { question: 1 }, more);
    return JSON.parse((await response?.transformToString()) ?? '') as { version: string; pid: number };
  };
  return { ...started, clock, sleepers, control, runtime, draft, create, invoke, ask };
};

test('a role that is not there, or trusts somebody else, is refused', async () => {
  cloud = await start();
  const refused = (roleArn: string) =>
    failureOf(
      cloud.control.send(new CreateAgentRuntimeCommand({ agentRuntimeName: 'r', ...cloud.draft('one'), roleArn })),
    );
  const failure = { name: 'ValidationException', status: 400 };
  expect([await refused(`${ROLE}-x`), await refused(ROLE.replace('agent', 'stranger'))]).toEqual([failure, failure]);
});

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

const until = async (holds: () => boolean) => {
  for (let turn = 0; turn < 400 && !holds(); turn += 1) await new Promise((resolve) => setTimeout(resolve, 5));
  return holds();
};

test('a zip becomes a process that gets its environment, the credentials of its role and the payload', async () => {
  cloud = await start();
  const { agentRuntimeArn, agentRuntimeId } = await cloud.create('agent_1', 'one');
  const { response, ...head } = await cloud.invoke(agentRuntimeArn, { question: 'why?' });
  const answer = JSON.parse((await response?.transformToString()) ?? '');
  const again = await cloud.ask(agentRuntimeArn);
  const { status } = await cloud.control.send(new GetAgentRuntimeCommand({ agentRuntimeId }));
  expect({ answer, sessionId: head.runtimeSessionId, contentType: head.contentType, status, pid: again.pid }).toEqual({
    answer: {
      version: 'one',
      pid: again.pid,
      session: SESSION,
      payload: { question: 'why?' },
      GREETING: 'hello',
      hasKey: true,
      hasEndpoint: true,
    },
    sessionId: SESSION,
    contentType: 'application/json',
    status: 'READY',
    pid: answer.pid,
  });
});

test('an endpoint keeps its version until it is moved; new sessions then get the new one', async () => {
  cloud = await start();
  const { agentRuntimeArn, agentRuntimeId } = await cloud.create('agent_1', 'one');
  const live = { agentRuntimeId, endpointName: 'live' };
  await cloud.control.send(
    new CreateAgentRuntimeEndpointCommand({ agentRuntimeId, name: 'live', agentRuntimeVersion: '1' }),
  );
  cloud.clock.advance(1000);
  await cloud.control.send(new UpdateAgentRuntimeCommand({ agentRuntimeId, ...cloud.draft('two') }));
  cloud.clock.advance(1000);
  const session = (name: string) => ({ runtimeSessionId: name.padEnd(40, '0'), qualifier: 'live' });
  const before = await cloud.ask(agentRuntimeArn, session('a'));
  const moving = await cloud.control.send(new UpdateAgentRuntimeEndpointCommand({ ...live, agentRuntimeVersion: '2' }));
  cloud.clock.advance(1000);
  const moved = await cloud.control.send(new GetAgentRuntimeEndpointCommand(live));
  const after = await cloud.ask(agentRuntimeArn, session('b'));
  const standard = await cloud.ask(agentRuntimeArn, { runtimeSessionId: 'c'.padEnd(40, '0') });
  const { agentRuntimes } = await cloud.control.send(new ListAgentRuntimeVersionsCommand({ agentRuntimeId }));
  expect({
    versions: [before.version, after.version, standard.version],
    moving: [moving.status, moving.liveVersion, moving.targetVersion],
    moved: [moved.status, moved.liveVersion],
    known: agentRuntimes?.map(({ agentRuntimeVersion }) => agentRuntimeVersion),
  }).toEqual({
    versions: ['one', 'two', 'two'],
    moving: ['UPDATING', '1', '2'],
    moved: ['READY', '2'],
    known: ['2', '1'],
  });
});

test('an answer streams through, and a failing or vanishing runtime is a RuntimeClientError', async () => {
  cloud = await start();
  const { agentRuntimeArn } = await cloud.create('agent_1', 'one');
  const { response, contentType } = await cloud.invoke(agentRuntimeArn, { stream: true });
  const body = await response?.transformToString();
  const failing = await failureOf(cloud.invoke(agentRuntimeArn, { fail: true }));
  const crashing = await failureOf(cloud.invoke(agentRuntimeArn, { crash: true }));
  const afterwards = await cloud.ask(agentRuntimeArn);
  expect({ contentType, body, failing, crashing, afterwards: afterwards.version }).toEqual({
    contentType: 'text/event-stream',
    body: 'data: one\n\ndata: two\n\n',
    failing: { name: 'RuntimeClientError', status: 424 },
    crashing: { name: 'RuntimeClientError', status: 424 },
    afterwards: 'one',
  });
});

test('a session ends when it is stopped, when it is idle, and with its runtime', async () => {
  cloud = await start();
  const { agentRuntimeArn, agentRuntimeId } = await cloud.create('agent_1', 'one');
  const stopped = await cloud.ask(agentRuntimeArn);
  await cloud.runtime.send(new StopRuntimeSessionCommand({ agentRuntimeArn, runtimeSessionId: SESSION }));
  const unknown = await failureOf(
    cloud.runtime.send(new StopRuntimeSessionCommand({ agentRuntimeArn, runtimeSessionId: SESSION })),
  );
  const idle = await cloud.ask(agentRuntimeArn);
  const idleEnds = await until(() => {
    for (const wake of cloud.sleepers.splice(0)) wake();
    return !isAlive(idle.pid);
  });
  const deleted = await cloud.ask(agentRuntimeArn);
  await cloud.control.send(new DeleteAgentRuntimeCommand({ agentRuntimeId }));
  const deletedEnds = await until(() => !isAlive(deleted.pid));
  expect({ stopped: isAlive(stopped.pid), unknown, idleEnds, deletedEnds }).toEqual({
    stopped: false,
    unknown: { name: 'ResourceNotFoundException', status: 404 },
    idleEnds: true,
    deletedEnds: true,
  });
});

test('when the machine has enough processes, the session idle longest gives way', async () => {
  cloud = await start({ maxProcesses: 1 });
  const { agentRuntimeArn } = await cloud.create('agent_1', 'one');
  const first = await cloud.ask(agentRuntimeArn);
  const second = await cloud.ask(agentRuntimeArn, { runtimeSessionId: 'other'.padEnd(40, '0') });
  expect([isAlive(first.pid), isAlive(second.pid)]).toEqual([false, true]);
});

test('names are unique, ends are orderly, and nothing is left', async () => {
  cloud = await start();
  const { agentRuntimeId } = await cloud.create('agent_1', 'one');
  await cloud.control.send(new CreateAgentRuntimeEndpointCommand({ agentRuntimeId, name: 'live' }));
  const taken = await failureOf(cloud.create('agent_1', 'one'));
  const withEndpoint = await failureOf(cloud.control.send(new DeleteAgentRuntimeCommand({ agentRuntimeId })));
  await cloud.control.send(new DeleteAgentRuntimeEndpointCommand({ agentRuntimeId, endpointName: 'live' }));
  cloud.clock.advance(1000);
  const { runtimeEndpoints } = await cloud.control.send(new ListAgentRuntimeEndpointsCommand({ agentRuntimeId }));
  const { status } = await cloud.control.send(new DeleteAgentRuntimeCommand({ agentRuntimeId }));
  cloud.clock.advance(1000);
  const { agentRuntimes } = await cloud.control.send(new ListAgentRuntimesCommand({}));
  expect({
    taken: taken.name,
    withEndpoint: withEndpoint.name,
    endpoints: runtimeEndpoints?.map(({ name }) => name),
    status,
    agentRuntimes,
    inventory: await cloud.services[1]?.inventory?.(),
    gone: (await failureOf(cloud.control.send(new GetAgentRuntimeCommand({ agentRuntimeId })))).name,
  }).toEqual({
    taken: 'ConflictException',
    withEndpoint: 'ConflictException',
    endpoints: ['DEFAULT'],
    status: 'DELETING',
    agentRuntimes: [],
    inventory: [],
    gone: 'ResourceNotFoundException',
  });
});

test('bad names, bad zips, short session ids and absent runtimes are refused; a zip without entry fails to create', async () => {
  cloud = await start();
  const { agentRuntimeArn } = await cloud.create('crashing', 'crashing');
  const { agentRuntimeId } = await cloud.create('empty', 'empty');
  const { status } = await cloud.control.send(new GetAgentRuntimeCommand({ agentRuntimeId }));
  expect({
    name: (await failureOf(cloud.create('no-dashes', 'one'))).name,
    text: (await failureOf(cloud.create('text', 'text'))).name,
    escaping: (await failureOf(cloud.create('escaping', 'escaping'))).name,
    short: (await failureOf(cloud.invoke(agentRuntimeArn, {}, { runtimeSessionId: 'short' }))).name,
    absent: (await failureOf(cloud.invoke(`${agentRuntimeArn}x`, {}))).name,
    crashing: (await failureOf(cloud.invoke(agentRuntimeArn, {}))).name,
    status,
  }).toEqual({
    name: 'ValidationException',
    text: 'ValidationException',
    escaping: 'ValidationException',
    short: 'ValidationException',
    absent: 'ResourceNotFoundException',
    crashing: 'RuntimeClientError',
    status: 'CREATE_FAILED',
  });
});
