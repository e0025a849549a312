/**
 * Values that hold as long as a version does: whoever asks must know the version from where it is written. A value is
 * never given for another version than the one it was put with, so nothing here can be stale once a change is known.
 */
export interface VersionCache<Value> {
  /** Undefined where nothing is known, or only of another version. */
  readonly get: (key: string, version: number) => Value | undefined;
  /** Replaces what was put with an earlier version; what comes late does not replace a later one. */
  readonly put: (key: string, version: number, value: Value) => void;
}

/** Of at most so many keys; the one that was put or asked for longest ago goes first. */
export const versionCache = <Value>(most: number): VersionCache<Value> => {
  const known = new Map<string, { readonly version: number; readonly value: Value }>();
  const keep = (key: string, entry: { readonly version: number; readonly value: Value }): void => {
    known.delete(key);
    known.set(key, entry);
    const [oldest] = known.keys();
    if (known.size > most && oldest !== undefined) known.delete(oldest);
  };
  return {
    get: (key, version) => {
      const entry = known.get(key);
      if (entry?.version !== version) return undefined;
      keep(key, entry);
      return entry.value;
    },
    put: (key, version, value) => {
      if ((known.get(key)?.version ?? version) <= version) keep(key, { version, value });
    },
  };
};
