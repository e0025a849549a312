import { expect, test } from 'vitest';
import type { AgentId, KnowledgeBaseId, UserId } from '../../shared/kernel/ids.ts';
import type { KnowledgeBase } from '../../shared/knowledge/knowledge-base.ts';
import { bedrockPassages } from '../../shared/knowledge/passages-bedrock.ts';
import { type FindPassages, queryKnowledgeBase } from '../../shared/knowledge/query-knowledge-base.ts';

const USER = '0a6f2c1e-0000-4000-8000-000000000001' as UserId;
const BASE_ID = '01900000-0000-7000-8000-000000000b00' as KnowledgeBaseId;
const AGENT = '01900000-0000-7000-8000-00000000a9e7' as AgentId;

const file = (path: string, description: string) => ({
  path,
  description,
  sizeBytes: 3,
  contentType: 'text/markdown',
  status: 'ingested' as const,
});

const BASE: KnowledgeBase = {
  knowledgeBaseId: BASE_ID,
  userId: USER,
  agentId: AGENT,
  s3Path: 's3://knowledge/',
  status: 'ready',
  bedrock: {
    isolation: 'shared',
    bedrockKnowledgeBaseId: 'KB123',
    dataSourceId: 'DS1',
    vectorIndexArn: 'arn:aws:s3vectors:us-east-1:111122223333:bucket/b/index/i',
  },
  folderFileDescriptions: {},
  files: { 'faq.md': file('faq.md', 'Questions'), 'returns.md': file('returns.md', 'Returning a mattress') },
  createdAt: 1,
  updatedAt: 1,
};

const ask = (base: KnowledgeBase, passages: FindPassages, userId = USER) =>
  queryKnowledgeBase({ knowledge: { find: async () => base }, passages })({
    userId,
    params: { knowledgeBaseId: BASE_ID },
    rawQuery: '',
    query: {},
    body: { question: 'May I return a mattress?', top: 2 },
    headers: {},
    basePath: '/api/v1',
    origin: 'https://example.com',
  } as never);

test('passages come as the agent would get them: lifted by what is said of their file, each once, few', async () => {
  const asked: unknown[] = [];
  const answer = await ask(BASE, async (query) => {
    asked.push(query);
    return [
      { path: 'faq.md', text: 'Ask us.', score: 0.61, page: 3 },
      { path: 'returns.md', text: 'Within 100 nights.', score: 0.6 },
      { path: 'returns.md', text: 'Within 100 nights.', score: 0.5 },
      { path: 'faq.md', text: 'Other.', score: 0.1 },
    ];
  });
  expect({ asked, answer }).toEqual({
    asked: [
      { bedrockKnowledgeBaseId: 'KB123', userId: USER, agentId: AGENT, question: 'May I return a mattress?', top: 4 },
    ],
    answer: {
      status: 200,
      body: {
        passages: [
          {
            path: 'returns.md',
            description: 'Returning a mattress',
            page: null,
            text: 'Within 100 nights.',
            score: 0.6,
          },
          { path: 'faq.md', description: 'Questions', page: 3, text: 'Ask us.', score: 0.61 },
        ],
      },
    },
  });
});

test('nobody asks the knowledge of another tenant, nor one that cannot be searched; without files nothing is found', async () => {
  const { bedrock: _bedrock, ...unready } = BASE;
  const never: FindPassages = () => Promise.reject(new Error('not to be asked'));
  const stranger = '0a6f2c1e-0000-4000-8000-000000000002' as UserId;
  const failures = await Promise.allSettled([
    ask(BASE, never, stranger),
    ask({ ...unready, status: 'ingesting' }, never),
  ]);
  expect({
    codes: failures.map((one) => (one.status === 'rejected' ? (one.reason as { code: string }).code : one.status)),
    empty: await ask({ ...unready, files: {} }, never),
  }).toEqual({
    codes: ['knowledge-base-not-found', 'knowledge-base-not-ready'],
    empty: { status: 200, body: { passages: [] } },
  });
});

test('every retrieval carries the tenant and the agent', async () => {
  const sent: { url: string; body: unknown }[] = [];
  const former = globalThis.fetch;
  globalThis.fetch = async (input, init) => {
    const request = new Request(input, init);
    sent.push({ url: request.url, body: (await request.json()) as unknown });
    const location = { s3Location: { uri: `s3://bucket/${USER}/${AGENT}/policies/returns.pdf` } };
    const metadata = { 'x-amz-bedrock-kb-document-page-number': 2 };
    return Response.json({
      retrievalResults: [{ content: { text: 'Within 100 nights.' }, location, score: 1.2, metadata }],
    });
  };
  const context = {
    region: 'us-east-1',
    keys: { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'example' },
    endpointUrl: undefined,
    now: () => Date.UTC(2026, 10, 21),
    pause: async () => undefined,
  };
  try {
    const found = await bedrockPassages(context)({
      bedrockKnowledgeBaseId: 'KB123',
      userId: USER,
      agentId: AGENT,
      question: 'Returns?',
      top: 12,
    });
    const equals = (key: string, value: string) => ({ equals: { key, value } });
    const filter = { andAll: [equals('userId', USER), equals('agentId', AGENT)] };
    expect({ sent, found }).toEqual({
      sent: [
        {
          url: 'https://bedrock-agent-runtime.us-east-1.amazonaws.com/knowledgebases/KB123/retrieve',
          body: {
            retrievalQuery: { text: 'Returns?' },
            retrievalConfiguration: { vectorSearchConfiguration: { numberOfResults: 12, filter } },
          },
        },
      ],
      found: [{ path: 'policies/returns.pdf', text: 'Within 100 nights.', score: 1, page: 2 }],
    });
  } finally {
    globalThis.fetch = former;
  }
});
