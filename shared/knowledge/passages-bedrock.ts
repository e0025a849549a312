import * as z from 'zod';
import { lambdaAwsContext } from '../kernel/aws-context.ts';
import { type AwsContext, awsRequest, uriEncoded } from '../kernel/aws-request.ts';
import type { FindPassages } from './query-knowledge-base.ts';
import type { Passage } from './rank-passages.ts';

/** What of an answer of `Retrieve` is used (Bedrock API reference, 2026-11). */
const Answer = z.object({
  retrievalResults: z.array(
    z.object({
      content: z.object({ text: z.string().optional() }).optional(),
      location: z.object({ s3Location: z.object({ uri: z.string().optional() }).optional() }).optional(),
      score: z.number().optional(),
      metadata: z.record(z.string(), z.unknown()).optional(),
    }),
  ),
});
type Result = z.output<typeof Answer>['retrievalResults'][number];

const PAGE_KEY = 'x-amz-bedrock-kb-document-page-number';

/** Retrieval from Bedrock's knowledge bases; signed by hand, as functions of the API do. */
export const bedrockPassages =
  (context: AwsContext = lambdaAwsContext()): FindPassages =>
  async ({ bedrockKnowledgeBaseId, userId, agentId, question, top }) => {
    const origin = context.endpointUrl ?? `https://bedrock-agent-runtime.${context.region}.amazonaws.com`;
    const equals = (key: string, value: string) => ({ equals: { key, value } });
    // Each document carries its tenant and agent, whether or not agents share a knowledge base.
    const filter = { andAll: [equals('userId', userId), equals('agentId', agentId)] };
    const response = await awsRequest(context, {
      service: 'bedrock',
      method: 'POST',
      url: `${origin}/knowledgebases/${uriEncoded(bedrockKnowledgeBaseId)}/retrieve`,
      headers: { 'content-type': 'application/json' },
      body: Buffer.from(
        JSON.stringify({
          retrievalQuery: { text: question },
          retrievalConfiguration: { vectorSearchConfiguration: { numberOfResults: top, filter } },
        }),
      ),
    });
    const keyPrefix = `${userId}/${agentId}/`;
    return Answer.parse(await response.json()).retrievalResults.map((result) => passageOf(result, keyPrefix));
  };

const passageOf = ({ content, location, score = 0, metadata }: Result, keyPrefix: string): Passage => {
  const page = Number(metadata?.[PAGE_KEY]);
  return {
    path: pathOf(location?.s3Location?.uri ?? '', keyPrefix),
    text: content?.text ?? '',
    score: Math.min(1, Math.max(0, score)),
    ...(Number.isInteger(page) && page > 0 ? { page } : {}),
  };
};

/** `s3://bucket/{userId}/{agentId}/policies/returns.pdf` → `policies/returns.pdf` */
const pathOf = (uri: string, keyPrefix: string): string => {
  const key = uri.replace(/^s3:\/\/[^/]+\//, '');
  return key.startsWith(keyPrefix) ? key.slice(keyPrefix.length) : key;
};
