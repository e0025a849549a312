import { createHash } from 'node:crypto';
import type { DeclaredResource, JsonObject, ResourceProvider } from '../core/service.ts';
import { requireText } from '../core/text.ts';
import { type CompiledRoute, compileRoute } from './routing.ts';

/** The HTTP API of the template. */
export interface HttpApi {
  readonly apiId: string;
  readonly cors?: Cors;
  readonly routes: readonly ApiRoute[];
  readonly stage: ApiStage;
}

export interface Cors {
  readonly AllowOrigins?: readonly string[];
  readonly AllowMethods?: readonly string[];
  readonly AllowHeaders?: readonly string[];
  readonly ExposeHeaders?: readonly string[];
  readonly AllowCredentials?: boolean;
  readonly MaxAge?: number;
}

export interface ApiRoute extends CompiledRoute {
  readonly integration: Integration;
  readonly authorizer?: JwtAuthorizer;
  readonly scopes: readonly string[];
}

export interface Integration {
  readonly functionArn: string;
  readonly timeoutMs: number;
}

export interface JwtAuthorizer {
  readonly issuer: string;
  readonly audience: readonly string[];
}

export interface ApiStage {
  readonly name: string;
  readonly variables?: JsonObject;
  readonly rateLimit?: number;
  readonly burstLimit?: number;
}

/** Longest an integration of an HTTP API may take, in milliseconds (API Gateway quotas, 2026-11). */
const MAX_TIMEOUT_MS = 30_000;

interface Declared {
  readonly apis: Map<string, { readonly apiId: string; readonly cors?: Cors }>;
  readonly integrations: Map<string, Integration>;
  readonly authorizers: Map<string, JwtAuthorizer>;
  readonly routes: Map<string, { readonly apiId: string; readonly properties: JsonObject }>;
  readonly stages: Map<string, ApiStage>;
}

/** Ids of API Gateway are ten letters and digits; these are stable for the resource. */
const idOf = ({ physicalName }: DeclaredResource): string =>
  BigInt(`0x${createHash('sha256').update(physicalName).digest('hex').slice(0, 16)}`)
    .toString(36)
    .padStart(10, 'a')
    .slice(0, 10);

function readIntegration({ properties, logicalId }: DeclaredResource): Integration {
  const { IntegrationType, IntegrationUri, PayloadFormatVersion, TimeoutInMillis } = properties;
  if (IntegrationType !== 'AWS_PROXY' || PayloadFormatVersion !== '2.0') {
    throw new Error(`${logicalId}: only Lambda proxy integrations of payload 2.0 are served`);
  }
  const uri = requireText(IntegrationUri, 'IntegrationUri');
  const functionArn = /functions\/(arn:[^/]+)\/invocations/.exec(uri)?.[1] ?? uri;
  return { functionArn, timeoutMs: Math.min(Number(TimeoutInMillis ?? MAX_TIMEOUT_MS), MAX_TIMEOUT_MS) };
}

function readAuthorizer({ properties, logicalId }: DeclaredResource): JwtAuthorizer {
  if (properties.AuthorizerType !== 'JWT') throw new Error(`${logicalId}: only JWT authorizers are served`);
  const { Issuer = '', Audience = [] } = (properties.JwtConfiguration ?? {}) as {
    Issuer?: string;
    Audience?: string[];
  };
  return { issuer: Issuer, audience: Audience };
}

function readStage({ properties }: DeclaredResource): ApiStage {
  const settings = (properties.DefaultRouteSettings ?? {}) as {
    ThrottlingRateLimit?: number;
    ThrottlingBurstLimit?: number;
  };
  return {
    name: requireText(properties.StageName, 'StageName'),
    ...(settings.ThrottlingRateLimit === undefined ? {} : { rateLimit: Number(settings.ThrottlingRateLimit) }),
    ...(settings.ThrottlingBurstLimit === undefined ? {} : { burstLimit: Number(settings.ThrottlingBurstLimit) }),
    ...(properties.StageVariables ? { variables: properties.StageVariables as JsonObject } : {}),
  };
}

export interface ApiRegistry {
  readonly providers: readonly ResourceProvider[];
  /** The declared API with its deployed stage; undefined when the template has none. Throws for a route to nothing. */
  readonly api: () => HttpApi | undefined;
}

function joinRoute(declared: Declared, { properties }: { properties: JsonObject }): ApiRoute {
  const integration = declared.integrations.get(requireText(properties.Target, 'Target').replace('integrations/', ''));
  const key = requireText(properties.RouteKey, 'RouteKey');
  if (!integration) throw new Error(`The route ${key} has no integration.`);
  const isJwt = properties.AuthorizationType === 'JWT';
  const authorizer = isJwt ? declared.authorizers.get(requireText(properties.AuthorizerId, 'AuthorizerId')) : undefined;
  if (isJwt && !authorizer) throw new Error(`The route ${key} has no authorizer.`);
  return {
    ...compileRoute(key),
    integration,
    ...(authorizer ? { authorizer } : {}),
    scopes: (properties.AuthorizationScopes ?? []) as string[],
  };
}

/** Collects what the template declares of `AWS::ApiGatewayV2`; `apiUrl` is where the API listens. */
export function makeApiRegistry(apiUrl: () => string): ApiRegistry {
  const declared: Declared = {
    apis: new Map(),
    integrations: new Map(),
    authorizers: new Map(),
    routes: new Map(),
    stages: new Map(),
  };
  const provide = (
    type: string,
    add: (resource: DeclaredResource, id: string) => Record<string, string>,
  ): ResourceProvider => ({
    type: `AWS::ApiGatewayV2::${type}`,
    ensure: async (resource) => {
      const id = idOf(resource);
      const { ref = id, ...attributes } = add(resource, id);
      return { ref, attributes };
    },
  });
  const apiIdOf = ({ properties }: DeclaredResource): string => requireText(properties.ApiId, 'ApiId');
  return {
    providers: [
      provide('Api', ({ properties, logicalId }, apiId) => {
        if (properties.ProtocolType !== 'HTTP') throw new Error(`${logicalId}: only HTTP APIs are served`);
        const cors = properties.CorsConfiguration as Cors | undefined;
        declared.apis.set(apiId, { apiId, ...(cors ? { cors } : {}) });
        return { ApiId: apiId, ApiEndpoint: apiUrl() };
      }),
      provide('Integration', (resource, id) => {
        declared.integrations.set(id, readIntegration(resource));
        return { IntegrationId: id };
      }),
      provide('Authorizer', (resource, id) => {
        declared.authorizers.set(id, readAuthorizer(resource));
        return { AuthorizerId: id };
      }),
      provide('Route', (resource, id) => {
        declared.routes.set(id, { apiId: apiIdOf(resource), properties: resource.properties });
        return { RouteId: id };
      }),
      provide('Stage', (resource) => {
        const stage = readStage(resource);
        declared.stages.set(apiIdOf(resource), stage);
        return { ref: stage.name };
      }),
    ],
    api: () => {
      const [api] = declared.apis.values();
      const stage = api && declared.stages.get(api.apiId);
      if (!api || !stage) return undefined;
      const own = [...declared.routes.values()].filter(({ apiId }) => apiId === api.apiId);
      return { ...api, stage, routes: own.map((route) => joinRoute(declared, route)) };
    },
  };
}
