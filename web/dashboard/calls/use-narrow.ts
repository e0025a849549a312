import { useSyncExternalStore } from 'react';

/** Cloudscape's own step from one column to several. */
const NARROW = '(max-width: 688px)';

const subscribe = (listener: () => void): (() => void) => {
  const media = matchMedia(NARROW);
  media.addEventListener('change', listener);
  return () => media.removeEventListener('change', listener);
};

/** Whether the page is as narrow as a telephone. */
export const useNarrow = (): boolean => useSyncExternalStore(subscribe, () => matchMedia(NARROW).matches);
