import type * as z from 'zod';
import type { ProblemCode } from '../kernel/problems.ts';

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
  readonly summary: string;
  readonly query?: z.ZodObject;
  readonly body?: { readonly accepts: 'json' | 'json-or-multipart'; readonly schema: z.ZodObject };
  /** Request headers with a meaning of their own. */
  readonly headers?: readonly ('Idempotency-Key' | 'If-Match' | 'If-None-Match')[];
  readonly responses: Readonly<Record<number, { readonly description: string; readonly schema?: z.ZodType }>>;
  /** Problems of its own; every operation may also answer the common ones. */
  readonly problems: readonly ProblemCode[];
}
