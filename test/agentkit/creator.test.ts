import { BedrockModel } from '@strands-agents/sdk/models/bedrock';
import { afterEach, expect, test } from 'vitest';
import { type BuildStore, buildAgent } from '../../agentkit/creator/build-agent.ts';
import { buildQueue, parseBuildRequest } from '../../agentkit/creator/build-queue.ts';
import type { Converse } from '../../local/services/bedrock-runtime/engine/index.ts';
import type { BuildRequest, BuildResult } from '../../shared/building/building.ts';
import { SpecificationDocument } from '../../shared/building/specification.ts';
import { type BedrockServer, engine, startBedrock } from '../model/support/bedrock-server.ts';

const REQUEST = {
  type: 'build',
  buildId: 'a1-v1-r1-a1',
  userId: 'u1',
  agentId: 'a1',
  version: 1,
  attempt: 1,
  agentName: 'Bakery',
  agentType: 'both',
  sop: '# Orders\n\n- To order a cake, ask for the date and the number of guests, then hand over to the baker, who is staff.\n- Never promise a discount.\n- The password is "hunter2hunter2".',
  knowledgeBaseId: 'k1',
  knowledgeBaseDescription: 'Cakes and prices',
  humanHandoffDescription: 'When the customer asks',
  folderFileDescriptions: { cakes: { 'list.md': 'All cakes' } },
  output: { bucket: 'code', prefix: 'u1/a1/v1/builds/r1-a1/' },
  findings: [],
};

let bedrock: BedrockServer | undefined;
afterEach(() => bedrock?.close());

interface Built {
  readonly files: Record<string, string>;
  readonly order: readonly string[];
  readonly result: BuildResult;
  readonly modelCalls: number;
}

async function build(
  change: Partial<BuildRequest> = {},
  converse: Converse = engine(),
  stored = false,
): Promise<Built> {
  bedrock = await startBedrock({}, { keyPrefix: '', converse });
  const client = {
    endpoint: bedrock.url,
    credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 's' },
    maxAttempts: 1,
  };
  const model = new BedrockModel({ modelId: 'm', region: 'us-east-1', stream: false, clientConfig: client });
  const files: Record<string, string> = {};
  const store: BuildStore = {
    hasResult: async () => stored,
    put: async (request, name, body) => {
      files[`${request.output.prefix}${name}`] = body;
    },
  };
  const request = parseBuildRequest({ ...REQUEST, ...change });
  await buildAgent({ model, store, progress: () => undefined })(request);
  const order = Object.keys(files).map((key) => key.slice(request.output.prefix.length));
  const result = JSON.parse(files[`${request.output.prefix}result.json`] ?? '{}') as BuildResult;
  return { files, order, result, modelCalls: bedrock.requests.length };
}

const says = (submissions: readonly unknown[]): Converse => {
  const left = [...submissions];
  return async () => {
    const input = left.shift();
    const content =
      input === undefined
        ? [{ text: 'I am done.' }]
        : [{ toolUse: { toolUseId: `t${left.length}`, name: 'submit_specification', input: input as never } }];
    return {
      output: { message: { role: 'assistant', content } },
      stopReason: input === undefined ? 'end_turn' : 'tool_use',
      usage: { inputTokens: 1, outputTokens: 1, totalTokens: 2 },
      metrics: { latencyMs: 1 },
    };
  };
};

const SPECIFICATION = {
  greeting: { text: 'Hello', clauseIds: ['c1'] },
  style: [],
  guidance: [],
  procedures: [],
  refusals: [],
  handoff: { triggers: [] },
  knowledge: { description: 'Cakes', clauseIds: [] },
};

test('an SOP becomes three files and then the result that names their digests', async () => {
  const { files, order, result } = await build();
  const document = JSON.parse(files[`${REQUEST.output.prefix}spec.json`] ?? '{}') as Record<string, unknown>;
  expect(order).toEqual(['spec.json', 'agent_file.ts', 'prompt.md', 'result.json']);
  expect(result).toEqual({
    buildId: REQUEST.buildId,
    status: 'succeeded',
    digests: Object.fromEntries(order.slice(0, 3).map((name) => [name, expect.stringMatching(/^[0-9a-f]{64}$/)])),
  });
  expect(
    SpecificationDocument.parse(document).procedures.map(({ name, fields }) => [
      name,
      fields.map((field) => field.name),
    ]),
  ).toEqual([['orders', ['date', 'numberGuests']]]);
  expect(document).toMatchObject({
    files: [{ path: 'cakes/list.md', description: 'All cakes' }],
    trace: { c1: ['procedure orders'], c2: ['refusal'], c3: ['guidance'] },
  });
});

test('a model that submits nonsense learns what is wrong and may correct it', async () => {
  const nonsense = { ...SPECIFICATION, refusals: [{ topic: 'x', reply: 'y', clauseIds: ['c99'] }] };
  const { result, modelCalls } = await build({}, says([{ hello: 1 }, nonsense, SPECIFICATION]));
  const returned = JSON.stringify(bedrock?.requests.at(-2)?.body);
  expect({ status: result.status, modelCalls, isTold: returned.includes('There is no clause \\"c99\\".') }).toEqual({
    status: 'succeeded',
    modelCalls: 4,
    isTold: true,
  });
});

test('a model that never submits, or only nonsense, fails the build with a reason', async () => {
  const silent = await build({}, says([]));
  const endless = await build({}, says(Array.from({ length: 50 }, () => ({ hello: 1 }))));
  expect([silent.result, silent.order, endless.result, endless.modelCalls]).toEqual([
    { buildId: REQUEST.buildId, status: 'failed', error: 'The model submitted no specification.', digests: {} },
    ['result.json'],
    { buildId: REQUEST.buildId, status: 'failed', error: expect.stringMatching(/was refused: greeting/), digests: {} },
    5,
  ]);
});

test('a model out of reach fails the build, whose result is still written', async () => {
  const { result } = await build({}, async () => {
    throw Object.assign(new Error('no'), { name: 'ValidationException' });
  });
  expect(result).toMatchObject({ status: 'failed', digests: {} });
});

test('a secret that the checker found is gone in the next attempt, in every file', async () => {
  const findings = [{ rule: 'secret', message: 'This looks like a credential', file: 'agent_file.ts' }];
  const [before, after] = [await build(), await build({ findings, attempt: 2 })];
  expect(
    [before, after].map(({ files }) => Object.values(files).filter((text) => text.includes('hunter2')).length),
  ).toEqual([3, 0]);
});

test('the same request again does nothing once its result is there', async () => {
  expect(await build({}, engine(), true)).toMatchObject({ order: [], modelCalls: 0 });
});

test('a build may write below its own agent only', () => {
  const elsewhere = { ...REQUEST, output: { bucket: 'code', prefix: 'u2/a1/v1/builds/r1-a1/' } };
  expect(() => parseBuildRequest(elsewhere)).toThrow("The output prefix is not the agent's own.");
});

test('a request under way is accepted again but runs once, and keeps the session busy', async () => {
  const builds = Promise.withResolvers<void>();
  let runs = 0;
  const queue = buildQueue(
    async () => {
      runs += 1;
      await builds.promise;
    },
    () => 5_000,
    () => undefined,
  );
  const request = parseBuildRequest(REQUEST);
  const accepted = [queue.accept(request), queue.accept(request)];
  const busy = queue.busySinceUnixSeconds();
  builds.resolve();
  await queue.idle();
  const answer = { accepted: true, buildId: REQUEST.buildId };
  expect({ accepted, runs, busy, after: queue.busySinceUnixSeconds() }).toEqual({
    accepted: [answer, answer],
    runs: 1,
    busy: 5,
    after: undefined,
  });
});
