import { useEffect } from 'react';

/** Title of the document while the component is shown: `Cozy Comfort · Oratio`. */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · Oratio`;
  }, [title]);
}
