import type { ApiDeclarations, ApiRoute, ApiStage } from '../api-gateway/declared.ts';
import { requireText } from '../core/text.ts';

/** The WebSocket API of the template. */
export interface WebSocketApi {
  readonly apiId: string;
  readonly routeSelection: string;
  readonly routes: ReadonlyMap<string, ApiRoute>;
  readonly stages: ReadonlyMap<string, ApiStage>;
}

/** The declared WebSocket API; undefined when the template has none. Throws for a route to nothing. */
export function readWebSocketApi(apis: ApiDeclarations): WebSocketApi | undefined {
  const declared = apis.find('WEBSOCKET');
  if (!declared) return undefined;
  return {
    apiId: declared.apiId,
    // API Gateway's own default.
    routeSelection: requireText(
      declared.properties.RouteSelectionExpression ?? '$request.body.action',
      'RouteSelectionExpression',
    ),
    routes: new Map(declared.routes.map((route) => [route.key, route])),
    stages: new Map(declared.stages.map((stage) => [stage.name, stage])),
  };
}
