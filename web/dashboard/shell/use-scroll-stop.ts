import { type RefObject, useLayoutEffect, useState } from 'react';

/**
 * `tabIndex` of an element that scrolls: a stop of the Tab key while it is too small for its content, so that who has
 * no mouse can scroll it; none while there is nothing to scroll. Measured again when `content` changes.
 */
export function useScrollStop(element: RefObject<HTMLElement | null>, content: unknown): 0 | undefined {
  const [overflows, setOverflows] = useState(false);
  useLayoutEffect(() => {
    const { current } = element;
    if (current === null || content === undefined) return undefined;
    const measure = (): void =>
      setOverflows(current.scrollHeight > current.clientHeight || current.scrollWidth > current.clientWidth);
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(current);
    return () => observer.disconnect();
  }, [element, content]);
  return overflows ? 0 : undefined;
}
