import type { Operator } from '../control/command.ts';
import type { UserId } from '../kernel/ids.ts';

/** A file that came in a multipart form. */
export interface UploadedFile {
  /** As the client named it; not checked yet. */
  readonly path: string;
  readonly content: Uint8Array;
}

/** A body that was read but not yet compared with a schema. */
export interface ReadBody {
  /** The JSON value, the form's text fields as an object, or `{ bytes }`. */
  readonly value: unknown;
  readonly files: readonly UploadedFile[];
  readonly kind: 'none' | 'json' | 'multipart' | 'form' | 'raw';
}

/** What a use case is given: everything in it has been checked against the operation's schemas. */
export interface ApiRequest<Body = unknown, Query = unknown> {
  /** The `sub` of the verified token, or the tenant of the verified API key, and nothing else. */
  readonly userId: UserId;
  /** The API key that was used instead of a token; it is one of the very agent that is asked about. */
  readonly keyId?: string;
  /** Who of the tenant acts, as the token tells; absent with an API key. */
  readonly operator?: Operator;
  readonly params: Readonly<Record<string, string>>;
  readonly query: Query;
  /** The query as it came, for whoever signed it; empty without one. */
  readonly rawQuery: string;
  readonly body: Body;
  readonly files: readonly UploadedFile[];
  readonly bodyKind: ReadBody['kind'];
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** `https://api.example.com`, as the client reached us. */
  readonly origin: string;
  /** `/api/v1`, or `/api` for the creation service's original paths; empty for the open operations. */
  readonly basePath: string;
  readonly requestId: string;
}

/** What a use case answers; `body` is sent as JSON unless `raw` is there. */
export interface ApiAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly raw?: { readonly content: Uint8Array; readonly contentType: string };
}
