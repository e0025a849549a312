import { createHash } from 'node:crypto';
import type { DeclaredResource, JsonObject, ResourceProvider } from '../core/service.ts';
import { requireText } from '../core/text.ts';
import { type Authorizer, type Integration, readAuthorizer, readIntegration, readStage } from './read-declared.ts';

export type Protocol = 'HTTP' | 'WEBSOCKET';

/** Requests a second, and how many of them at once. */
export interface Limit {
  readonly rate: number;
  readonly burst: number;
}

export interface StageLimits {
  readonly limit?: Limit;
  /** Limits of single routes, by route key. */
  readonly routeLimits?: Readonly<Record<string, Limit>>;
}

export interface ApiStage extends StageLimits {
  readonly name: string;
  readonly variables?: JsonObject;
}

export interface ApiRoute {
  readonly key: string;
  readonly integration: Integration;
  readonly authorizer?: Authorizer;
  readonly scopes: readonly string[];
  /** Whether the body of the function's answer goes back to a WebSocket client (route response `$default`). */
  readonly answers: boolean;
}

/** An API of the template with what belongs to it. */
export interface DeclaredApi {
  readonly apiId: string;
  readonly properties: JsonObject;
  readonly routes: readonly ApiRoute[];
  readonly stages: readonly ApiStage[];
}

export interface ApiDeclarations {
  readonly providers: readonly ResourceProvider[];
  /** Where APIs of the protocol listen (`http://…`, `ws://…`): the attribute `ApiEndpoint` of those declared after. */
  readonly listening: (protocol: Protocol, url: string) => void;
  /** Everything is declared: only now is there anything to be found, so that nobody meets half an API. */
  readonly deployed: () => void;
  /** The first declared API of the protocol; undefined when the template has none. Throws for a route to nothing. */
  readonly find: (protocol: Protocol) => DeclaredApi | undefined;
}

interface Collected {
  readonly apis: Map<string, { readonly protocol: Protocol; readonly properties: JsonObject }>;
  readonly integrations: Map<string, Integration>;
  readonly authorizers: Map<string, Authorizer>;
  readonly routes: Map<string, { readonly apiId: string; readonly properties: JsonObject }>;
  readonly stages: Map<string, ApiStage & { readonly apiId: string }>;
}

/** Ids of API Gateway are ten letters and digits; these are stable for the resource. */
const idOf = ({ physicalName }: DeclaredResource): string =>
  BigInt(`0x${createHash('sha256').update(physicalName).digest('hex').slice(0, 16)}`)
    .toString(36)
    .padStart(10, 'a')
    .slice(0, 10);

const apiIdOf = ({ properties }: DeclaredResource): string => requireText(properties.ApiId, 'ApiId');

function readProtocol({ properties, logicalId }: DeclaredResource): Protocol {
  const { ProtocolType } = properties;
  if (ProtocolType === 'HTTP' || ProtocolType === 'WEBSOCKET') return ProtocolType;
  throw new Error(`${logicalId}: there are no APIs of protocol ${JSON.stringify(ProtocolType)}`);
}

/** How `AuthorizationType` names the kinds of authorizers. */
const KINDS: Readonly<Record<string, Authorizer['kind']>> = { JWT: 'jwt', CUSTOM: 'request' };

function authorizerOf(collected: Collected, key: string, properties: JsonObject): Authorizer | undefined {
  const type = requireText(properties.AuthorizationType ?? 'NONE', 'AuthorizationType');
  if (type === 'NONE') return undefined;
  const authorizer = collected.authorizers.get(requireText(properties.AuthorizerId ?? '', 'AuthorizerId'));
  if (authorizer && authorizer.kind === KINDS[type]) return authorizer;
  throw new Error(`The route ${key} has no authorizer of type ${type}.`);
}

function joinRoute(collected: Collected, properties: JsonObject): ApiRoute {
  const key = requireText(properties.RouteKey, 'RouteKey');
  const integration = collected.integrations.get(requireText(properties.Target, 'Target').replace('integrations/', ''));
  if (!integration) throw new Error(`The route ${key} has no integration.`);
  const authorizer = authorizerOf(collected, key, properties);
  return {
    key,
    integration,
    ...(authorizer ? { authorizer } : {}),
    scopes: (properties.AuthorizationScopes ?? []) as string[],
    answers: properties.RouteResponseSelectionExpression !== undefined,
  };
}

type Add = (resource: DeclaredResource, id: string) => Record<string, string>;

const provide = (type: string, add: Add): ResourceProvider => ({
  type: `AWS::ApiGatewayV2::${type}`,
  ensure: async (resource) => {
    const id = idOf(resource);
    const { ref = id, ...attributes } = add(resource, id);
    return { ref, attributes };
  },
});

function providersOf(collected: Collected, endpoints: ReadonlyMap<Protocol, string>): ResourceProvider[] {
  const protocolOf = (resource: DeclaredResource): Protocol => {
    const api = collected.apis.get(apiIdOf(resource));
    if (!api) throw new Error(`${resource.logicalId} belongs to no API of the template`);
    return api.protocol;
  };
  return [
    provide('Api', (resource, apiId) => {
      const protocol = readProtocol(resource);
      collected.apis.set(apiId, { protocol, properties: resource.properties });
      return { ApiId: apiId, ApiEndpoint: endpoints.get(protocol) ?? '' };
    }),
    provide('Integration', (resource, id) => {
      collected.integrations.set(id, readIntegration(resource, protocolOf(resource)));
      return { IntegrationId: id };
    }),
    provide('Authorizer', (resource, id) => {
      collected.authorizers.set(id, readAuthorizer(resource, id, protocolOf(resource)));
      return { AuthorizerId: id };
    }),
    provide('Route', (resource, id) => {
      collected.routes.set(id, { apiId: apiIdOf(resource), properties: resource.properties });
      return { RouteId: id };
    }),
    provide('Stage', (resource, id) => {
      const stage = readStage(resource);
      collected.stages.set(id, { apiId: apiIdOf(resource), ...stage });
      return { ref: stage.name };
    }),
    // What is declared is served at once, so that a deployment has nothing left to do.
    provide('Deployment', (_resource, id) => ({ DeploymentId: id })),
    provide('RouteResponse', (_resource, id) => ({ RouteResponseId: id })),
    provide('IntegrationResponse', (_resource, id) => ({ IntegrationResponseId: id })),
  ];
}

/** Collects what the template declares of `AWS::ApiGatewayV2`, whose types HTTP and WebSocket APIs share. */
export function makeApiDeclarations(): ApiDeclarations {
  const endpoints = new Map<Protocol, string>();
  let isDeployed = false;
  const collected: Collected = {
    apis: new Map(),
    integrations: new Map(),
    authorizers: new Map(),
    routes: new Map(),
    stages: new Map(),
  };
  return {
    providers: providersOf(collected, endpoints),
    listening: (protocol, url) => void endpoints.set(protocol, url),
    deployed: () => {
      isDeployed = true;
    },
    find: (protocol) => {
      if (!isDeployed) return undefined;
      const [found] = [...collected.apis].filter(([, api]) => api.protocol === protocol);
      if (!found) return undefined;
      const [apiId, { properties }] = found;
      const routes = [...collected.routes.values()].filter((route) => route.apiId === apiId);
      return {
        apiId,
        properties,
        stages: [...collected.stages.values()].filter((stage) => stage.apiId === apiId),
        routes: routes.map((route) => joinRoute(collected, route.properties)),
      };
    },
  };
}
