import { AwsError, type RawRequest } from '../../core/service.ts';
import type { Bucket, CorsRule } from './object-store.ts';
import { sendEmpty } from './respond.ts';

/** Answers a browser's preflight by the bucket's rules. Throws `AccessForbidden` when none allows the request. */
export const preflight = (request: RawRequest, bucket: Bucket): void => {
  const method = String(request.headers['access-control-request-method'] ?? '');
  const asked = String(request.headers['access-control-request-headers'] ?? '');
  const headers = asked === '' ? [] : asked.split(',').map((name) => name.trim());
  const rule = ruleFor(bucket, request.headers.origin, method, headers);
  if (!rule) {
    throw new AwsError('AccessForbidden', 'CORSResponse: This CORS request is not allowed.', 403, { Method: method });
  }
  sendEmpty(request, 200, {
    ...allowance(rule, request.headers.origin),
    'access-control-allow-headers': asked === '' ? undefined : asked,
    'access-control-max-age': rule.MaxAge === undefined ? undefined : String(rule.MaxAge),
  });
};

/** Puts the headers on an answer that let a page of another origin read it. */
export const allowOrigin = (request: RawRequest, bucket: Bucket | undefined): void => {
  const { origin } = request.headers;
  const rule = bucket && origin !== undefined ? ruleFor(bucket, origin, request.method, []) : undefined;
  if (!rule) return;
  for (const [name, value] of Object.entries(allowance(rule, origin))) {
    if (value !== undefined) request.response.setHeader(name, value);
  }
};

const allowance = (rule: CorsRule, origin = '*'): Record<string, string | undefined> => {
  const any = rule.AllowedOrigins.includes('*');
  return {
    'access-control-allow-origin': any ? '*' : origin,
    'access-control-allow-methods': rule.AllowedMethods.join(', '),
    'access-control-expose-headers': rule.ExposedHeaders?.join(', '),
    'access-control-allow-credentials': any ? undefined : 'true',
    vary: 'Origin, Access-Control-Request-Headers, Access-Control-Request-Method',
  };
};

const ruleFor = (
  { cors = [] }: Bucket,
  origin = '',
  method: string,
  headers: readonly string[],
): CorsRule | undefined =>
  cors.find(
    (rule) =>
      rule.AllowedMethods.includes(method) &&
      rule.AllowedOrigins.some((pattern) => matches(pattern, origin)) &&
      headers.every((name) =>
        (rule.AllowedHeaders ?? []).some((pattern) => matches(pattern.toLowerCase(), name.toLowerCase())),
      ),
  );

/** One `*` stands for any text. */
const matches = (pattern: string, text: string): boolean => {
  const [start = '', end] = pattern.split('*');
  if (end === undefined) return pattern === text;
  return text.length >= start.length + end.length && text.startsWith(start) && text.endsWith(end);
};
