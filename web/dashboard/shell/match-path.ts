/** The page of the dashboard's bare address. */
export const HOME = '/agents';

/** Values of `{names}` of `pattern` in `path`, decoded; undefined when it does not match. A trailing slash does not matter. */
export function matchPath(pattern: string, path: string): Readonly<Record<string, string>> | undefined {
  const wanted = pattern.split('/').filter(Boolean);
  const given = path.split('/').filter(Boolean);
  if (wanted.length !== given.length) return undefined;
  const parameters: Record<string, string> = {};
  for (const [index, segment] of wanted.entries()) {
    const value = decoded(given[index] ?? '');
    if (value === undefined) return undefined;
    if (/^\{.+\}$/.test(segment)) parameters[segment.slice(1, -1)] = value;
    else if (segment !== value) return undefined;
  }
  return parameters;
}

function decoded(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}

/** The route that matches first, exact ones before those with names, with the names' values. */
export function findRoute<R extends { readonly path: string }>(
  routes: readonly R[],
  path: string,
): { readonly route: R; readonly parameters: Readonly<Record<string, string>> } | undefined {
  const byExactness = [...routes].sort((a, b) => a.path.split('{').length - b.path.split('{').length);
  for (const route of byExactness) {
    const parameters = matchPath(route.path, path);
    if (parameters) return { route, parameters };
  }
  return undefined;
}
