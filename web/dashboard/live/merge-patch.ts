export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [name: string]: Json;
}

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isSame = (a: Json | undefined, b: Json | undefined): boolean => {
  if (isObject(a) && isObject(b)) {
    const names = Object.keys(a);
    return names.length === Object.keys(b).length && names.every((name) => name in b && isSame(a[name], b[name]));
  }
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((value: Json, index) => isSame(value, b[index] as Json));
  }
  return a === b;
};

/**
 * The JSON merge patch (RFC 7396) that makes `after` of `before`. What became null is taken away: such a patch has no
 * other meaning for null.
 */
export function mergePatchOf(before: JsonObject, after: JsonObject): JsonObject {
  const patch: Record<string, Json> = {};
  for (const name of Object.keys(before)) if (!(name in after)) put(patch, name, null);
  for (const [name, value] of Object.entries(after)) {
    const old = Object.hasOwn(before, name) ? before[name] : undefined;
    if (isSame(old, value)) continue;
    put(patch, name, isObject(old) && isObject(value) ? mergePatchOf(old, value) : value);
  }
  return patch;
}

/** `__proto__` is a name like any other. */
const put = (target: Record<string, Json>, name: string, value: Json): void => {
  Object.defineProperty(target, name, { value, enumerable: true, configurable: true, writable: true });
};

/** What somebody typed, when it is a JSON object; else in words what is wrong with it. */
export function readJsonObject(text: string): { readonly value: JsonObject } | { readonly error: string } {
  if (text.trim() === '') return { value: {} };
  try {
    const value = JSON.parse(text) as Json;
    return isObject(value) ? { value } : { error: 'This is JSON, but no object: begin with { and end with }.' };
  } catch (error) {
    return { error: `This is no JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
}
