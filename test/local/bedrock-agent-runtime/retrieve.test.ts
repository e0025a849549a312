import {
  BedrockAgentRuntimeClient,
  type RetrievalFilter,
  RetrieveAndGenerateCommand,
  RetrieveCommand,
} from '@aws-sdk/client-bedrock-agent-runtime';
import { afterEach, expect, test } from 'vitest';
import { startKnowledgeCloud } from '../bedrock-agent/knowledge-fixture.ts';
import { failureOf } from '../support/ai-cloud.ts';

let cloud: Awaited<ReturnType<typeof startKnowledgeCloud>>;
afterEach(() => cloud.stop());

const sidecar = (attributes: object) => JSON.stringify({ metadataAttributes: attributes });
const FILES = {
  'files/u/a/returns.md':
    '# Returns\n\nA mattress can be sent back within 100 nights.\n\n# Refunds\n\nMoney is paid back in 14 days.',
  'files/u/a/returns.md.metadata.json': sidecar({ userId: 'u', agentId: 'a', rank: 1 }),
  'files/u/a/care.txt': 'Duvets are washed at 40 degrees and dried flat.',
  'files/u/a/care.txt.metadata.json': sidecar({
    userId: 'u',
    agentId: 'a',
    description: { value: { type: 'STRING', stringValue: 'Laundry instructions' }, includeForEmbedding: true },
  }),
  'files/u/b/other.txt': 'Duvets of the other agent are washed at 90 degrees.',
  'files/u/b/other.txt.metadata.json': sidecar({ userId: 'u', agentId: 'b' }),
};

const search = async (text: string, filter?: RetrievalFilter, numberOfResults = 5) => {
  cloud = await startKnowledgeCloud(FILES);
  const source = await cloud.knowledge('shared', '');
  await cloud.ingest(source);
  const { retrievalResults } = await new BedrockAgentRuntimeClient(cloud.settings).send(
    new RetrieveCommand({
      knowledgeBaseId: source.knowledgeBaseId,
      retrievalQuery: { text },
      retrievalConfiguration: { vectorSearchConfiguration: { numberOfResults, filter } },
    }),
  );
  return retrievalResults ?? [];
};

test('the passage that answers comes first, with its place, metadata and score', async () => {
  const [best, ...others] = await search('How many nights do I have to send a mattress back?');
  expect(best).toEqual({
    content: { type: 'TEXT', text: '# Returns\n\nA mattress can be sent back within 100 nights.' },
    location: { type: 'S3', s3Location: { uri: 's3://files/u/a/returns.md' } },
    score: expect.any(Number),
    metadata: {
      userId: 'u',
      agentId: 'a',
      rank: 1,
      'x-amz-bedrock-kb-source-uri': 's3://files/u/a/returns.md',
      'x-amz-bedrock-kb-data-source-id': expect.stringMatching(/^[0-9A-Z]{10}$/),
    },
  });
  const score = best?.score ?? 0;
  expect(score > 0.4 && score <= 1 && others.every((other) => (other.score ?? 0) < score)).toBe(true);
});

test('a filter on user and agent hides the passages of others', async () => {
  const filter = { andAll: [{ equals: { key: 'userId', value: 'u' } }, { equals: { key: 'agentId', value: 'b' } }] };
  const found = await search('At what temperature are duvets washed?', filter);
  expect(found.map(({ location }) => location?.s3Location?.uri)).toEqual(['s3://files/u/b/other.txt']);
});

test('a description in the metadata file is found though it is not part of the text', async () => {
  const [best] = await search('laundry instructions', { in: { key: 'agentId', value: ['a', 'c'] } });
  expect(best?.content?.text).toBe('Duvets are washed at 40 degrees and dried flat.');
});

test('no more results than asked for, and none for what is not there', async () => {
  const one = await search('duvets washed', undefined, 1);
  await cloud.stop();
  expect([one.length, await search('xylophone')]).toEqual([1, []]);
});

test('what S3 Vectors or the embedded cloud cannot do is refused by name', async () => {
  const startsWith = await failureOf(search('duvets', { startsWith: { key: 'agentId', value: 'a' } }));
  const generate = await failureOf(
    new BedrockAgentRuntimeClient(cloud.settings).send(new RetrieveAndGenerateCommand({ input: { text: 'hi' } })),
  );
  expect([startsWith, generate]).toEqual([
    { name: 'ValidationException', status: 400 },
    { name: 'NotImplemented', status: 501 },
  ]);
});
