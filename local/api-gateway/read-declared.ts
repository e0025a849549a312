import type { DeclaredResource, JsonObject } from '../core/service.ts';
import { requireText } from '../core/text.ts';
import type { ApiStage, Limit, Protocol } from './declared.ts';

export interface Integration {
  readonly functionArn: string;
  readonly timeoutMs: number;
}

export interface JwtAuthorizer {
  readonly kind: 'jwt';
  readonly issuer: string;
  readonly audience: readonly string[];
}

/** A Lambda authorizer. */
export interface RequestAuthorizer {
  readonly kind: 'request';
  readonly authorizerId: string;
  readonly functionArn: string;
  /** Answers `{isAuthorized, context}` rather than a policy. */
  readonly simple: boolean;
  /** Expressions that must all have a value (`$request.header.X`, `route.request.querystring.x`, …). */
  readonly identitySources: readonly string[];
  /** How long an answer is kept for the same identity; 0 keeps none. */
  readonly ttlSeconds: number;
}

export type Authorizer = JwtAuthorizer | RequestAuthorizer;

/** Longest an integration may take, in milliseconds (API Gateway quotas of HTTP and WebSocket APIs, 2026-11). */
const MAX_TIMEOUT_MS: Readonly<Record<Protocol, number>> = { HTTP: 30_000, WEBSOCKET: 29_000 };

/** The function in `arn:aws:apigateway:…:lambda:path/2015-03-31/functions/{arn}/invocations`, or the ARN itself. */
const functionArnOf = (uri: string): string => /functions\/(arn:[^/]+)\/invocations/.exec(uri)?.[1] ?? uri;

/** Throws for anything but a Lambda proxy integration. */
export function readIntegration({ properties, logicalId }: DeclaredResource, protocol: Protocol): Integration {
  const { IntegrationType, IntegrationUri, PayloadFormatVersion, TimeoutInMillis } = properties;
  const isOldPayload = protocol === 'HTTP' && PayloadFormatVersion !== '2.0';
  if (IntegrationType !== 'AWS_PROXY' || isOldPayload) {
    throw new Error(`${logicalId}: only Lambda proxy integrations (of payload 2.0 for HTTP) are served`);
  }
  const most = MAX_TIMEOUT_MS[protocol];
  return {
    functionArn: functionArnOf(requireText(IntegrationUri, 'IntegrationUri')),
    timeoutMs: Math.min(Number(TimeoutInMillis ?? most), most),
  };
}

function readRequestAuthorizer(
  { properties, logicalId }: DeclaredResource,
  authorizerId: string,
  protocol: Protocol,
): RequestAuthorizer {
  if (protocol === 'HTTP' && properties.AuthorizerPayloadFormatVersion !== '2.0') {
    throw new Error(`${logicalId}: only Lambda authorizers of payload 2.0 are served`);
  }
  return {
    kind: 'request',
    authorizerId,
    functionArn: functionArnOf(requireText(properties.AuthorizerUri, 'AuthorizerUri')),
    simple:
      protocol === 'HTTP' && (properties.EnableSimpleResponses === true || properties.EnableSimpleResponses === 'true'),
    identitySources: (properties.IdentitySource ?? []) as string[],
    // Results of WebSocket authorizers are never cached: there is one question a connection.
    ttlSeconds: protocol === 'HTTP' ? Number(properties.AuthorizerResultTtlInSeconds ?? 0) : 0,
  };
}

/** Throws for an authorizer type that the protocol does not have. */
export function readAuthorizer(resource: DeclaredResource, authorizerId: string, protocol: Protocol): Authorizer {
  const { properties, logicalId } = resource;
  if (properties.AuthorizerType === 'REQUEST') return readRequestAuthorizer(resource, authorizerId, protocol);
  if (properties.AuthorizerType !== 'JWT' || protocol !== 'HTTP') {
    throw new Error(`${logicalId}: an authorizer ${JSON.stringify(properties.AuthorizerType)} is not served`);
  }
  const { Issuer = '', Audience = [] } = (properties.JwtConfiguration ?? {}) as {
    Issuer?: string;
    Audience?: string[];
  };
  return { kind: 'jwt', issuer: Issuer, audience: Audience };
}

interface RouteSettings {
  readonly ThrottlingRateLimit?: number | string;
  readonly ThrottlingBurstLimit?: number | string;
}

function readLimit({ ThrottlingRateLimit, ThrottlingBurstLimit }: RouteSettings): Limit | undefined {
  if (ThrottlingRateLimit === undefined || ThrottlingBurstLimit === undefined) return undefined;
  return { rate: Number(ThrottlingRateLimit), burst: Number(ThrottlingBurstLimit) };
}

export function readStage({ properties }: DeclaredResource): ApiStage {
  const limit = readLimit((properties.DefaultRouteSettings ?? {}) as RouteSettings);
  const routes = Object.entries((properties.RouteSettings ?? {}) as Record<string, RouteSettings>);
  const limited = routes.flatMap(([key, settings]) => {
    const own = readLimit(settings);
    return own ? [[key, own] as const] : [];
  });
  return {
    name: requireText(properties.StageName, 'StageName'),
    ...(limit ? { limit } : {}),
    ...(limited.length > 0 ? { routeLimits: Object.fromEntries(limited) } : {}),
    ...(properties.StageVariables ? { variables: properties.StageVariables as JsonObject } : {}),
  };
}
