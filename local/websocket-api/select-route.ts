/**
 * The route key that a route selection expression (`$request.body.type`, `${request.body.a.b}`) finds in a message;
 * undefined for a message that is no JSON or has no text there: such messages are for `$default`.
 */
export function selectRouteKey(expression: string, message: string): string | undefined {
  const path = /^\$\{?request\.body\.([^}]+)\}?$/.exec(expression)?.[1]?.split('.') ?? [];
  if (path.length === 0) return undefined;
  try {
    const value = path.reduce<unknown>((within, name) => {
      const isObject = typeof within === 'object' && within !== null && Object.hasOwn(within, name);
      return isObject ? (within as Readonly<Record<string, unknown>>)[name] : undefined;
    }, JSON.parse(message));
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}
