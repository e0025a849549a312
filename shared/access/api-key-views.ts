import * as z from 'zod';
import { type ApiKey, KEY_SCOPES } from './api-key.ts';

const UnixSeconds = z.int().meta({ description: 'Unix seconds.', example: 1_795_000_000 });

export const ApiKeyView = z
  .object({
    keyId: z.uuid(),
    name: z.string(),
    scopes: z.array(z.enum(KEY_SCOPES)),
    start: z.string().meta({ description: 'The first characters of the key.', example: 'ok_Zx1Q' }),
    lastFour: z.string().meta({ description: 'Its last four.', example: 'b7Qe' }),
    createdAt: UnixSeconds,
    expiresAt: UnixSeconds.nullable().meta({ description: 'Unix seconds; null: with the agent.' }),
    lastUsedAt: UnixSeconds.nullable().meta({ description: 'Unix seconds, exact to five minutes.' }),
  })
  .meta({ id: 'ApiKey' });

export const ApiKeyCreatedView = ApiKeyView.extend({
  key: z.string().meta({ description: 'The key itself: shown now and never again.', example: `ok_${'x'.repeat(43)}` }),
}).meta({ id: 'ApiKeyCreated' });

export const ApiKeyListView = z
  .object({ apiKeys: z.array(ApiKeyView), nextCursor: z.string().nullable() })
  .meta({ id: 'ApiKeyList' });

/** A key as its agent's owner may see it. */
export const apiKeyView = (key: ApiKey): z.output<typeof ApiKeyView> => ({
  keyId: key.keyId,
  name: key.name,
  scopes: [...key.scopes],
  start: key.start,
  lastFour: key.lastFour,
  createdAt: key.createdAt,
  expiresAt: key.expiresAt ?? null,
  lastUsedAt: key.lastUsedAt ?? null,
});
