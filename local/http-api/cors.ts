import type { IncomingHttpHeaders } from 'node:http';
import type { Cors } from './http-api.ts';

function allowedOrigin({ AllowOrigins = [] }: Cors, origin: string): string | undefined {
  if (AllowOrigins.includes('*')) return '*';
  const matches = AllowOrigins.some(
    (allowed) => allowed === origin || (allowed.endsWith('://*') && origin.startsWith(allowed.slice(0, -1))),
  );
  return matches ? origin : undefined;
}

/** Headers that API Gateway adds to an answer for a cross-origin request; they replace those of the function. */
export function corsHeaders(cors: Cors | undefined, headers: IncomingHttpHeaders): Record<string, string> {
  const origin = cors && headers.origin ? allowedOrigin(cors, headers.origin) : undefined;
  if (!cors || origin === undefined) return {};
  return {
    'access-control-allow-origin': origin,
    ...(cors.AllowCredentials ? { 'access-control-allow-credentials': 'true' } : {}),
    ...(cors.ExposeHeaders?.length ? { 'access-control-expose-headers': cors.ExposeHeaders.join(',') } : {}),
  };
}

/** Headers of the answer to a preflight request. */
export function preflightHeaders(cors: Cors, headers: IncomingHttpHeaders): Record<string, string> {
  const common = corsHeaders(cors, headers);
  if (Object.keys(common).length === 0) return {};
  return {
    ...common,
    ...(cors.AllowMethods?.length ? { 'access-control-allow-methods': cors.AllowMethods.join(',') } : {}),
    ...(cors.AllowHeaders?.length ? { 'access-control-allow-headers': cors.AllowHeaders.join(',') } : {}),
    ...(cors.MaxAge === undefined ? {} : { 'access-control-max-age': String(cors.MaxAge) }),
  };
}
