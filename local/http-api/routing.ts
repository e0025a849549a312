/** A route key (`GET /agents/{agentId}`, `ANY /x/{proxy+}`, `$default`) ready to be matched. */
export interface CompiledRoute {
  readonly key: string;
  readonly method: string;
  readonly pattern: RegExp;
  readonly parameters: readonly string[];
  readonly isGreedy: boolean;
}

export interface Match<Route> {
  readonly route: Route;
  /** Decoded path parameters by name. */
  readonly parameters: Readonly<Record<string, string>>;
}

const EVERYTHING = /^.*$/s;

export function compileRoute(key: string): CompiledRoute {
  if (key === '$default') return { key, method: 'ANY', pattern: EVERYTHING, parameters: [], isGreedy: true };
  const [method = 'ANY', path = '/'] = key.split(' ');
  const parameters: string[] = [];
  const source = path
    .replaceAll(/[.*$^()|[\]\\?]/g, '\\$&')
    .replaceAll(/\{([^}+]+)(\+?)\}/g, (_, name: string, greedy: string) => {
      parameters.push(name);
      return greedy ? '(.+)' : '([^/]+)';
    });
  return { key, method, pattern: new RegExp(`^${source}$`), parameters, isGreedy: path.includes('+}') };
}

/** API Gateway's order: full paths before greedy ones before `$default`, fewer parameters first, a method before `ANY`. */
function rank(route: CompiledRoute): readonly number[] {
  return [
    Number(route.key === '$default'),
    Number(route.isGreedy),
    route.parameters.length,
    Number(route.method === 'ANY'),
    -route.pattern.source.length,
  ];
}

function compareRanks(a: CompiledRoute, b: CompiledRoute): number {
  const right = rank(b);
  const differences = rank(a).map((value, index) => value - (right[index] ?? 0));
  return differences.find((difference) => difference !== 0) ?? 0;
}

/** Finds the route of a request; `path` is the path as sent. Throws `URIError` for a path that is not well encoded. */
export function matchRoute<Route extends CompiledRoute>(
  routes: readonly Route[],
  method: string,
  path: string,
): Match<Route> | undefined {
  const [route] = routes
    .filter((candidate) => candidate.method === 'ANY' || candidate.method === method)
    .filter((candidate) => candidate.pattern.test(path))
    .sort(compareRanks);
  if (!route) return undefined;
  const values = route.pattern.exec(path)?.slice(1) ?? [];
  const entries = route.parameters.map((name, index) => [name, decodeURIComponent(values[index] ?? '')] as const);
  return { route, parameters: Object.fromEntries(entries) };
}
