import type { ApiAnswer } from '../api.ts';

/** A refusal of X's API v2: a problem document, and with some of them headers. */
export class XProblem extends Error {
  readonly answer: ApiAnswer;

  constructor(
    status: number,
    body: { readonly title: string; readonly detail: string; readonly type?: string } & Readonly<
      Record<string, unknown>
    >,
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(body.detail);
    this.name = 'XProblem';
    this.answer = {
      status,
      body: { type: 'about:blank', status, ...body },
      headers: { 'content-type': 'application/problem+json', ...headers },
    };
  }
}

export const X_FAILURE = {
  title: 'Internal Server Error',
  type: 'about:blank',
  status: 500,
  detail: 'Internal Server Error',
};

export const unauthorized = () => new XProblem(401, { title: 'Unauthorized', detail: 'Unauthorized' });

export const unsupportedAuthentication = () =>
  new XProblem(403, {
    title: 'Unsupported Authentication',
    detail:
      'Authenticating with OAuth 2.0 Application-Only is forbidden for this endpoint.  Supported authentication types are [OAuth 1.0a User Context, OAuth 2.0 User Context].',
    type: 'https://api.twitter.com/2/problems/unsupported-authentication',
  });

export const notPermitted = () =>
  new XProblem(403, {
    title: 'Forbidden',
    detail: 'You do not have permission to DM one or more participants.',
  });

export const invalidRequest = (parameter: string, message: string) =>
  new XProblem(400, {
    title: 'Invalid Request',
    detail: 'One or more parameters to your request was invalid.',
    type: 'https://api.twitter.com/2/problems/invalid-request',
    errors: [{ parameters: { [parameter]: [] }, message }],
  });

export const tooManyRequests = (headers: Readonly<Record<string, string>>) =>
  new XProblem(429, { title: 'Too Many Requests', detail: 'Too Many Requests' }, headers);

export const serviceUnavailable = () =>
  new XProblem(503, { title: 'Service Unavailable', detail: 'Service Unavailable' });

export const notFound = (path: string) => new XProblem(404, { title: 'Not Found', detail: `${path} was not found` });

/** How X counts, in headers. */
export const rateHeaders = (window: {
  readonly limit: number;
  readonly remaining: number;
  readonly resetAtMs: number;
}) => ({
  'x-rate-limit-limit': String(window.limit),
  'x-rate-limit-remaining': String(Math.max(0, window.remaining)),
  'x-rate-limit-reset': String(Math.ceil(window.resetAtMs / 1000)),
});
