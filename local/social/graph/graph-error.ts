import { randomBytes } from 'node:crypto';
import type { ApiAnswer } from '../api.ts';

interface GraphErrorParts {
  readonly status?: number;
  readonly code: number;
  readonly message: string;
  readonly subcode?: number;
  readonly type?: string;
  /** Of WhatsApp: the words under `error_data`. */
  readonly details?: string;
  readonly isTransient?: boolean;
}

/** A refusal of the Graph API (developers.facebook.com: "Handling errors"; WhatsApp Cloud API "Error codes"). */
export class GraphError extends Error {
  readonly status: number;
  readonly parts: GraphErrorParts;

  constructor(parts: GraphErrorParts) {
    super(parts.message);
    this.name = 'GraphError';
    this.status = parts.status ?? 400;
    this.parts = parts;
  }

  get answer(): ApiAnswer {
    const { code, message, subcode, type = 'OAuthException', details, isTransient } = this.parts;
    return {
      status: this.status,
      body: {
        error: {
          message,
          type,
          code,
          ...(subcode === undefined ? {} : { error_subcode: subcode }),
          ...(details === undefined ? {} : { error_data: { messaging_product: 'whatsapp', details } }),
          ...(isTransient ? { is_transient: true } : {}),
          fbtrace_id: `A${randomBytes(16).toString('base64url')}`,
        },
      },
    };
  }
}

export const GRAPH_FAILURE = {
  error: { message: 'An unknown error has occurred.', type: 'OAuthException', code: 1, fbtrace_id: 'Aembedded' },
};

export const invalidToken = () =>
  new GraphError({
    status: 401,
    code: 190,
    message: 'Invalid OAuth access token - Cannot parse access token',
  });

export const expiredToken = (nowMs: number) =>
  new GraphError({
    status: 401,
    code: 190,
    subcode: 463,
    message: `Error validating access token: Session has expired on ${new Date(nowMs).toUTCString()}.`,
  });

export const unknownNode = (id: string, method: string) =>
  new GraphError({
    code: 100,
    subcode: 33,
    type: 'GraphMethodException',
    message: `Unsupported ${method.toLowerCase()} request. Object with ID '${id}' does not exist, cannot be loaded due to missing permissions, or does not support this operation`,
  });

export const invalidParameter = (message: string, details?: string) =>
  new GraphError({ code: 100, message: `(#100) ${message}`, ...(details === undefined ? {} : { details }) });

export const temporarilyUnavailable = () =>
  new GraphError({
    status: 503,
    code: 2,
    message: 'Service temporarily unavailable',
    isTransient: true,
  });
