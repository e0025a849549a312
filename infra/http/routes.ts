import { type Route as OperationRoute, routesOf } from '../../shared/http/operations.ts';

export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** As API Gateway writes it: `/api/v1/agents/{agentId}`. */
  readonly path: string;
  /** Folder of the function that answers: `create-agent`. */
  readonly functionName: string;
  /** Who is let in: anybody, users with a token, or programs with an API key, too. */
  readonly guard: 'open' | 'token' | 'token-or-key';
}

const routeOf = ({ routeKey, functionName, authorized, credentials }: OperationRoute): Route => {
  const [method, path] = routeKey.split(' ') as [Route['method'], string];
  return { method, path, functionName, guard: authorized ? credentials : 'open' };
};

/** Every route of the HTTP API, as the table of operations has them. */
export const routes = (): readonly Route[] => routesOf().map(routeOf);
