import type * as z from 'zod';
import type { ProblemCode } from '../kernel/problems.ts';

export interface DocumentedResponse {
  readonly description: string;
  readonly contentType?: string;
  readonly schema?: z.ZodType;
}

/** Any operation that asks who you are may answer these. */
export const COMMON_PROBLEMS: readonly ProblemCode[] = [
  'invalid-request',
  'unauthenticated',
  'insufficient-scope',
  'too-many-requests',
  'internal-error',
  'service-unavailable',
];

/** What is wrong with a service that an agent's owner has chosen. */
export const PROVIDER_PROBLEMS = [
  'unsafe-address',
  'provider-key-missing',
  'provider-key-refused',
  'provider-model-unknown',
  'provider-refused',
  'provider-overloaded',
  'provider-unreachable',
  'provider-misbehaved',
  'provider-timeout',
] as const satisfies readonly ProblemCode[];

export const BODY_PROBLEMS = [
  'malformed-json',
  'malformed-multipart',
  'invalid-encoding',
  'body-too-large',
  'unsupported-media-type',
] as const satisfies readonly ProblemCode[];

export const FILE_PROBLEMS = [
  'sop-empty',
  'sop-too-long',
  'invalid-file-path',
  'duplicate-file-path',
  'unsupported-file-type',
  'file-empty',
  'file-too-large',
  'file-content-mismatch',
  'too-many-files',
  'description-without-file',
  'file-without-description',
  'descriptions-too-long',
] as const satisfies readonly ProblemCode[];

export const IDEMPOTENCY_PROBLEMS = [
  'request-in-progress',
  'idempotency-key-reused',
] as const satisfies readonly ProblemCode[];

export const WEBHOOK_PROBLEMS = [
  'invalid-request',
  'invalid-signature',
  'unsupported-media-type',
  'body-too-large',
  'internal-error',
  'service-unavailable',
] as const satisfies readonly ProblemCode[];

export interface OperationDocs {
  readonly summary: string;
  /** Request headers with a meaning of their own. */
  readonly headers?: readonly ('Idempotency-Key' | 'If-Match' | 'If-None-Match')[];
  readonly responses: Readonly<Record<number, DocumentedResponse>>;
  /** Problems of its own; every operation may also answer the common ones. */
  readonly problems: readonly ProblemCode[];
}
