/** Something that is loaded once, when it is first wanted. */
export interface Later<T> {
  /** Begins to load, or gives what is under way. What failed is tried again by the next call. */
  readonly load: () => Promise<T>;
  /** What was loaded; undefined before. */
  readonly loaded: () => T | undefined;
}

export function later<T>(get: () => Promise<T>): Later<T> {
  let value: T | undefined;
  let loading: Promise<T> | undefined;
  return {
    loaded: () => value,
    load: () => {
      loading ??= get().then(
        (found) => {
          value = found;
          return found;
        },
        (error: unknown) => {
          loading = undefined;
          throw error;
        },
      );
      return loading;
    },
  };
}
