import type * as z from 'zod';
import type { OPERATION_DOCS } from '../shared/http/operation-docs.ts';
import type { OPERATIONS } from '../shared/http/operations.ts';

type Operations = typeof OPERATIONS;
type Docs = typeof OPERATION_DOCS;

/** Operations that platforms call, signed by them: no business of a client. */
type WebhookOfPlatform<Id extends keyof Operations> = Operations[Id]['path'] extends `/api/v1/webhooks/${string}`
  ? Id
  : never;

/** Every operation a client may call, by its name in the API description. */
export type OperationId = Exclude<
  keyof Operations,
  { [Id in keyof Operations]: WebhookOfPlatform<Id> }[keyof Operations]
>;

type NamesIn<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}` ? Name | NamesIn<Rest> : never;

/** Names in the path of an operation: `'agentId' | 'keyId'`. */
export type PathName<Id extends OperationId> = NamesIn<Operations[Id]['path']>;

/** Numbers and truth values may be given as such; a query string writes them as text. */
type AsQuery<Value> = Value extends undefined
  ? undefined
  : unknown extends Value
    ? string | number | boolean
    : Value | number | boolean;

/** Query parameters, none of them needed unless the operation says so. */
export type QueryOf<Id extends OperationId> = Operations[Id] extends { readonly query: infer Schema }
  ? Schema extends z.ZodType
    ? { readonly [Name in keyof z.input<Schema>]: AsQuery<z.input<Schema>[Name]> }
    : never
  : Readonly<Record<string, string | number | boolean | undefined>>;

/** The JSON body as a client writes it, defaults left out. */
export type BodyOf<Id extends OperationId> = Operations[Id] extends { readonly body: { readonly schema: infer Schema } }
  ? Schema extends z.ZodType
    ? z.input<Schema>
    : never
  : never;

type Succeeding = 200 | 201 | 202 | 203 | 204;

type Answers<Responses> = {
  [Status in keyof Responses & Succeeding]: Responses[Status] extends { readonly schema: infer Schema }
    ? Schema extends z.ZodType
      ? z.output<Schema>
      : undefined
    : undefined;
}[keyof Responses & Succeeding];

/** What an operation answers when it succeeds; `undefined` where it answers nothing. */
export type AnswerOf<Id extends OperationId> = Id extends keyof Docs ? Answers<Docs[Id]['responses']> : unknown;

/** Operations that answer page by page. */
export type PagedOperationId = {
  [Id in OperationId]: AnswerOf<Id> extends { readonly nextCursor: string | null } ? Id : never;
}[OperationId];

type ItemsOf<Page> = {
  [Name in keyof Page]: Page[Name] extends readonly (infer Item)[] ? Item : never;
}[keyof Page];

/** One of the things that an operation lists. */
export type ItemOf<Id extends PagedOperationId> = ItemsOf<AnswerOf<Id>>;

interface CommonInput {
  /** Sent besides the client's own. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Ends the call, its repetitions and its waiting. */
  readonly signal?: AbortSignal;
  /** `If-Match`: refused with `precondition-failed` when it has changed since. */
  readonly ifMatch?: string;
  /** Of operations that take one; made up when absent. Give your own to repeat a call in another program. */
  readonly idempotencyKey?: string;
}

type PathInput<Id extends OperationId> = [PathName<Id>] extends [never]
  ? { readonly path?: Readonly<Record<string, never>> }
  : { readonly path: { readonly [Name in PathName<Id>]: string } };

type QueryInput<Id extends OperationId> =
  Partial<QueryOf<Id>> extends QueryOf<Id> ? { readonly query?: QueryOf<Id> } : { readonly query: QueryOf<Id> };

type BodyInput<Id extends OperationId> = Operations[Id] extends { readonly body: { readonly accepts: infer Accepts } }
  ? Accepts extends 'json-or-multipart'
    ? { readonly body: BodyOf<Id> | FormData }
    : { readonly body: BodyOf<Id> }
  : { readonly body?: undefined };

/** What is given to `client.call`. */
export type InputOf<Id extends OperationId> = CommonInput & PathInput<Id> & QueryInput<Id> & BodyInput<Id>;

/** The second argument of a call: it may be left out where nothing in it is needed. */
export type InputArguments<Id extends OperationId> =
  Partial<InputOf<Id>> extends InputOf<Id> ? [input?: InputOf<Id>] : [input: InputOf<Id>];
