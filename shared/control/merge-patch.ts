type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A JSON merge patch laid over an object (RFC 7396): null takes a member away, objects are merged, all else replaces. */
export const mergePatch = (target: Json, patch: Json): Json => {
  const merged = new Map(Object.entries(target));
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) merged.delete(name);
    else if (isObject(value)) merged.set(name, mergePatch(objectAt(merged, name), value));
    else merged.set(name, value);
  }
  return Object.fromEntries(merged);
};

const objectAt = (members: ReadonlyMap<string, unknown>, name: string): Json => {
  const value = members.get(name);
  return isObject(value) ? value : {};
};
