import type * as z from 'zod';

/** Where the API lives. */
export const API_PREFIX = '/api/v1';
/** The creation service's original paths: `/api/agents…`. */
export const LEGACY_PREFIX = '/api';

export const SCOPES = ['agents:read', 'agents:write', 'agents:ask', 'agents:talk'] as const;
export type Scope = (typeof SCOPES)[number];

/** One line of the table that is the API: routes, validation, OpenAPI and tests are all derived from it. */
export interface Operation {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below the prefix `/api/v1`; open operations have none. */
  readonly path: string;
  readonly functionName: string;
  /** Null: anybody may call it. */
  readonly scope: Scope | null;
  /** Who may come: a user with a token (unless stated), or also a program with an API key of the agent it asks about. */
  readonly credentials?: 'token' | 'token-or-key';
  readonly query?: z.ZodObject;
  /**
   * `form`: `application/x-www-form-urlencoded`, as Twilio calls back. `raw`: the very bytes, whatever they are, for
   * whoever checks a signature over them; the schema is of `{ bytes }`.
   */
  readonly body?: {
    readonly accepts: 'json' | 'json-or-multipart' | 'form' | 'raw';
    readonly schema: z.ZodObject;
    /** Other names of fields at the top, as other systems write them: `{ agent_id: 'agentId' }`. */
    readonly aliases?: Readonly<Record<string, string>>;
  };
}
