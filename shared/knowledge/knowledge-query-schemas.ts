import * as z from 'zod';

/** Bedrock's limit of `retrievalQuery.text` (API reference of `Retrieve`, 2026-11). */
const MAX_QUESTION_CHARACTERS = 1000;

/** Body of `POST /knowledge-bases/{knowledgeBaseId}/query`. */
export const QueryKnowledgeBaseBody = z
  .strictObject({
    question: z.string().trim().min(1, 'The question is empty.').max(MAX_QUESTION_CHARACTERS).meta({
      description: 'In words, as a customer would ask.',
      example: 'How long do I have to send a blanket back?',
    }),
    top: z.int().min(1).max(20).default(6).meta({ description: 'Passages at most; 6 unless stated, as agents use.' }),
  })
  .meta({ id: 'QueryKnowledgeBase' });
export type QueryKnowledgeBaseBody = z.output<typeof QueryKnowledgeBaseBody>;

export const PassagesView = z
  .object({
    passages: z
      .array(
        z.object({
          path: z.string().meta({ description: 'The file, as its owner named it.', example: 'policies/returns.pdf' }),
          description: z.string().nullable().meta({ description: 'Of the file.' }),
          page: z.int().min(1).nullable().meta({ description: 'Of the file, where it has pages.' }),
          text: z.string(),
          score: z.number().min(0).max(1).meta({ description: 'How near to the question, as the retriever says.' }),
        }),
      )
      .meta({ description: 'Best first, in the order in which the agent would get them.' }),
  })
  .meta({ id: 'Passages' });
