import type * as z from 'zod';

export const SCOPES = ['agents:read', 'agents:write', 'agents:ask'] as const;
export type Scope = (typeof SCOPES)[number];

/** One line of the table that is the API: routes, validation, OpenAPI and tests are all derived from it. */
export interface Operation {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below the prefix `/api/v1`; open operations have none. */
  readonly path: string;
  readonly functionName: string;
  /** Null: anybody may call it. */
  readonly scope: Scope | null;
  readonly query?: z.ZodObject;
  readonly body?: { readonly accepts: 'json' | 'json-or-multipart'; readonly schema: z.ZodObject };
}
