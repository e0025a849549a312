import type { KeyValueStore } from '../../../local/core/service.ts';

/** A store for tests that need no durability; values pass through JSON as in the real one. */
export function memoryStore(): KeyValueStore {
  const entries = new Map<string, string>();
  return {
    get: <T>(key: string) => {
      const text = entries.get(key);
      return text === undefined ? undefined : (JSON.parse(text) as T);
    },
    put: (key, value) => void entries.set(key, JSON.stringify(value)),
    delete: (key) => void entries.delete(key),
    list: <T>(prefix = '') =>
      [...entries]
        .filter(([key]) => key.startsWith(prefix))
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, text]) => ({ key, value: JSON.parse(text) as T })),
  };
}
