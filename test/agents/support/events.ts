import type { HttpEvent } from '../../../shared/http/http-lambda.ts';

export interface Asked {
  readonly routeKey: string;
  readonly user?: string;
  readonly body?: string | Uint8Array;
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly params?: Readonly<Record<string, string>>;
  readonly scope?: string;
}

/** The event the HTTP API sends for a request. */
export function httpEvent({
  routeKey,
  user = 'ann',
  body,
  contentType,
  headers,
  query,
  params,
  scope,
}: Asked): HttpEvent {
  const isBytes = body instanceof Uint8Array;
  return {
    routeKey,
    rawPath: routeKey.split(' ')[1] ?? '/',
    rawQueryString: new URLSearchParams(query).toString(),
    headers: {
      host: 'api.example',
      'x-forwarded-proto': 'https',
      ...(contentType ? { 'content-type': contentType } : {}),
      ...headers,
    },
    ...(query ? { queryStringParameters: query } : {}),
    ...(params ? { pathParameters: params } : {}),
    ...(body === undefined ? {} : { body: isBytes ? Buffer.from(body).toString('base64') : body }),
    isBase64Encoded: isBytes,
    requestContext: {
      requestId: 'request-1',
      domainName: 'api.example',
      authorizer: { jwt: { claims: { sub: user, ...(scope ? { scope } : {}) } } },
    },
  };
}

/** A form as `fetch` would send it. */
export async function formEvent(asked: Asked, form: FormData): Promise<HttpEvent> {
  const response = new Response(form);
  const contentType = response.headers.get('content-type') ?? '';
  return httpEvent({ ...asked, contentType, body: new Uint8Array(await response.arrayBuffer()) });
}

export const jsonEvent = (asked: Asked, body: unknown): HttpEvent =>
  httpEvent({ ...asked, contentType: 'application/json', body: JSON.stringify(body) });
