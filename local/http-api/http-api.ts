import type { ApiDeclarations, ApiRoute, ApiStage } from '../api-gateway/declared.ts';
import { type CompiledRoute, compileRoute } from './routing.ts';

/** The HTTP API of the template. */
export interface HttpApi {
  readonly apiId: string;
  readonly cors?: Cors;
  readonly routes: readonly HttpRoute[];
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

export type HttpRoute = CompiledRoute & ApiRoute;

/** The declared HTTP API with its deployed stage; undefined when the template has none. Throws for a route to nothing. */
export function readHttpApi(apis: ApiDeclarations): HttpApi | undefined {
  const declared = apis.find('HTTP');
  const [stage] = declared?.stages ?? [];
  if (!declared || !stage) return undefined;
  const cors = declared.properties.CorsConfiguration as Cors | undefined;
  return {
    apiId: declared.apiId,
    stage,
    ...(cors ? { cors } : {}),
    routes: declared.routes.map((route) => ({ ...route, ...compileRoute(route.key) })),
  };
}
