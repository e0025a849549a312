import { useEffect, useState } from 'react';
import type { Later } from './later.ts';

const NOT_LOADED = 'A part of the dashboard could not be loaded. Look at your connection to the network and try again.';

/**
 * What is loaded; undefined until it is there. Throws while rendering what failed to load. Other than React's `lazy`
 * it shows what is there at once: after a fallback React waits for 300 ms before it shows what came.
 */
export function useLater<T>(wanted: Later<T> | undefined): T | undefined {
  const [, again] = useState(0);
  const [failure, setFailure] = useState<{ readonly of: Later<T>; readonly error: unknown }>();
  const isThere = wanted === undefined || wanted.loaded() !== undefined;
  useEffect(() => {
    if (wanted === undefined || isThere) return undefined;
    let isWanted = true;
    wanted.load().then(
      () => isWanted && again((count) => count + 1),
      (error: unknown) => isWanted && setFailure({ of: wanted, error }),
    );
    return () => {
      isWanted = false;
    };
  }, [wanted, isThere]);
  if (failure !== undefined && failure.of === wanted) throw new Error(NOT_LOADED, { cause: failure.error });
  return wanted?.loaded();
}
