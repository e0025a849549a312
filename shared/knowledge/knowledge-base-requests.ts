import * as z from 'zod';
import { wholeNumber } from '../http/query.ts';

/** Query of `GET /knowledge-bases`. */
export const ListKnowledgeBasesQuery = z.strictObject({
  limit: wholeNumber(1, 100).default(20).meta({ description: 'Knowledge bases a page; 20 unless stated.' }),
  cursor: z.string().optional().meta({ description: '`nextCursor` of the page before.' }),
});
export type ListKnowledgeBasesQuery = z.output<typeof ListKnowledgeBasesQuery>;
