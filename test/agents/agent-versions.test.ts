import { expect, test } from 'vitest';
import type { Agent } from '../../shared/agents/agent.ts';
import { getAgentVersion, listAgentVersions } from '../../shared/agents/agent-versions.ts';
import type { VersionFiles } from '../../shared/agents/version-files.ts';
import { s3VersionFiles } from '../../shared/agents/version-files-s3.ts';
import type { AgentId, UserId } from '../../shared/kernel/ids.ts';

const USER = '0a6f2c1e-0000-4000-8000-000000000001' as UserId;
const AGENT_ID = '01900000-0000-7000-8000-00000000a9e7' as AgentId;
const AGENT = { userId: USER, agentId: AGENT_ID, status: 'updating', version: 3, activeVersion: 1 } as Agent;

const SPEC = {
  clauses: [
    { id: 'c1', heading: 'Greeting', text: 'Say welcome.' },
    { id: 'c2', text: 'Ask for the order number.' },
    { id: 'c3', text: 'The moon is far.' },
  ],
  greeting: { text: 'Welcome!', clauseIds: ['c1'] },
  style: [],
  guidance: [],
  procedures: [
    {
      name: 'order_status',
      description: 'Where an order is.',
      fields: [{ name: 'orderNumber', label: 'order number', kind: 'text', required: true }],
      rules: [
        {
          field: 'orderNumber',
          test: 'older_than_days',
          value: 30,
          outcome: { kind: 'say', text: 'Too late.' },
          clauseIds: ['c2'],
        },
      ],
      otherwise: { kind: 'hand_off', reason: 'nobody knows' },
      clauseIds: ['c2'],
    },
  ],
  refusals: [],
  handoff: { triggers: [] },
  knowledge: { description: 'Everything.', clauseIds: [] },
};

const CHECK = {
  run: 1,
  attempt: 1,
  verdict: 'rejected',
  checkedAtMs: 1_795_000_000_500,
  findings: [{ rule: 'types', message: 'No.', file: 'agent_file.ts', line: 3 }],
};

/** Files by version and name. */
const filesOf = (stored: Readonly<Record<number, Readonly<Record<string, string>>>>): VersionFiles => ({
  list: async ({ version }) =>
    Object.keys(stored[version] ?? {}).map((name) => ({ name, modifiedAtMs: 1_795_000_001_000 })),
  read: async ({ version }, name) => stored[version]?.[name],
});

const FILES = filesOf({
  1: {
    'approval.json': '{}',
    'spec.json': JSON.stringify(SPEC),
    'agent_file.ts': 'export {}',
    'prompt.md': 'You are Cozy.',
    'builds/r1-a1/result.json': '{}',
    'builds/r1-a2/result.json': '{}',
    'checks/r1-a2.json': JSON.stringify({ ...CHECK, attempt: 2, verdict: 'approved', findings: [] }),
    'checks/r1-a1.json': JSON.stringify(CHECK),
  },
  2: { 'builds/r2-a1/prompt.md': 'First', 'builds/r2-a3/prompt.md': 'Last', 'builds/r2-a3/spec.json': 'nonsense' },
});

const deps = { agents: { find: async () => AGENT }, files: FILES };
const request = (params: object, query: object = {}) => ({
  userId: USER,
  params: { agentId: AGENT_ID, ...params },
  query,
});

test('versions are listed newest first, each with what became of it', async () => {
  const list = (query: object) => listAgentVersions(deps)(request({}, query) as never);
  const summary = (version: number, status: string, approvedAt: number | null, attempts: number) => ({
    version,
    status,
    approvedAt,
    attempts,
  });
  expect([await list({ limit: 2 }), await list({ limit: 2, cursor: 2 })]).toEqual([
    {
      status: 200,
      body: { versions: [summary(3, 'building', null, 0), summary(2, 'rejected', null, 2)], nextCursor: '2' },
    },
    { status: 200, body: { versions: [summary(1, 'active', 1_795_000_001, 2)], nextCursor: null } },
  ]);
});

test('a version says where each clause went, its code and prompt, and what the code checker said', async () => {
  const answer = await getAgentVersion(deps)(request({ version: '1' }) as never);
  expect(answer).toEqual({
    status: 200,
    body: {
      version: 1,
      status: 'active',
      approvedAt: 1_795_000_001,
      attempts: 2,
      agentId: AGENT_ID,
      code: 'export {}',
      prompt: 'You are Cozy.',
      clauses: [
        {
          id: 'c1',
          heading: 'Greeting',
          text: 'Say welcome.',
          places: [{ kind: 'prompt', name: 'greeting', text: 'Welcome!' }],
        },
        {
          id: 'c2',
          heading: null,
          text: 'Ask for the order number.',
          places: [
            { kind: 'tool', name: 'order_status', text: 'Where an order is.' },
            { kind: 'tool', name: 'order_status', text: 'If order number is older than days 30: say “Too late.”' },
            {
              kind: 'test',
              name: 'order_status',
              text: 'Dry run with 7 inputs: order number complete, each missing, each malformed.',
            },
          ],
        },
        { id: 'c3', heading: null, text: 'The moon is far.', places: [] },
      ],
      checks: [
        {
          run: 1,
          attempt: 1,
          verdict: 'rejected',
          checkedAt: 1_795_000_000,
          findings: [
            { rule: 'types', message: 'No.', file: 'agent_file.ts', line: 3, column: null, severity: 'error' },
          ],
        },
        { run: 1, attempt: 2, verdict: 'approved', checkedAt: 1_795_000_000, findings: [] },
      ],
    },
  });
});

test('of a version that was never approved the last attempt is shown, whatever it is worth', async () => {
  const answer = await getAgentVersion(deps)(request({ version: '2' }) as never);
  expect(answer.body).toMatchObject({ status: 'rejected', prompt: 'Last', code: null, clauses: [], checks: [] });
});

test.each(['0', '4', '1.5', 'x', ''])('there is no version %j', async (version) => {
  await expect(getAgentVersion(deps)(request({ version }) as never)).rejects.toMatchObject({
    code: 'agent-version-not-found',
  });
});

test('files of a version are found below its prefix and nowhere else', async () => {
  const former = globalThis.fetch;
  const asked: string[] = [];
  const prefix = `${USER}/${AGENT_ID}/v1/`;
  const object = (key: string) =>
    `<Contents><Key>${key}</Key><LastModified>2026-11-21T08:00:00.000Z</LastModified></Contents>`;
  globalThis.fetch = async (input) => {
    const { url } = new Request(input);
    asked.push(url);
    if (url.includes('list-type'))
      return new Response(`<ListBucketResult>${object(`${prefix}prompt.md`)}${object('other/x')}</ListBucketResult>`);
    return new Response('<Error><Code>NoSuchKey</Code></Error>', { status: 404 });
  };
  const context = {
    region: 'us-east-1',
    keys: { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'example' },
    endpointUrl: undefined,
    now: () => Date.UTC(2026, 10, 21),
    pause: async () => undefined,
  };
  try {
    const files = s3VersionFiles({ CODE_BUCKET: 'code' }, context);
    const key = { userId: USER, agentId: AGENT_ID, version: 1 };
    const listed = await files.list(key);
    const read = await files.read(key, 'prompt.md');
    expect({ asked, listed, read }).toEqual({
      asked: [
        `https://code.s3.us-east-1.amazonaws.com/?list-type=2&prefix=${encodeURIComponent(prefix)}`,
        `https://code.s3.us-east-1.amazonaws.com/${prefix}prompt.md`,
      ],
      listed: [{ name: 'prompt.md', modifiedAtMs: Date.UTC(2026, 10, 21, 8) }],
      read: undefined,
    });
  } finally {
    globalThis.fetch = former;
  }
});
