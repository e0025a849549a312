import * as z from 'zod';
import { wholeNumber } from '../http/query.ts';
import { KEY_SCOPES, MAX_KEYS_PER_AGENT } from './api-key.ts';

/** Body of `POST /agents/{agentId}/api-keys`. */
export const CreateApiKeyBody = z
  .strictObject({
    name: z
      .string()
      .trim()
      .min(1, 'The name is empty.')
      .max(100)
      .refine((name) => name.isWellFormed() && !/\p{Cc}/u.test(name), { error: 'A name has no control characters.' })
      .meta({ description: 'What the key is for.', example: 'Shop website' }),
    scopes: z
      .array(z.enum(KEY_SCOPES))
      .min(1)
      .refine((scopes) => new Set(scopes).size === scopes.length, { error: 'Each scope once.' })
      .meta({ description: 'What the key may do.', example: ['agents:talk'] }),
    expiresInDays: z.int().min(1).max(3650).optional().meta({
      description: 'Without it the key lives as long as its agent.',
      example: 90,
    }),
  })
  .meta({ id: 'CreateApiKey' });

/** Query of `GET /agents/{agentId}/api-keys`. */
export const ListApiKeysQuery = z.strictObject({
  limit: wholeNumber(1, 100).default(MAX_KEYS_PER_AGENT).meta({ description: 'Keys a page.' }),
  cursor: z.string().optional().meta({ description: '`nextCursor` of the page before.' }),
});
