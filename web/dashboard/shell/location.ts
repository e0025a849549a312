import { createContext, useCallback, useContext, useMemo, useSyncExternalStore } from 'react';
import type { PathParameters } from './routes.ts';

const listeners = new Set<() => void>();

function tell(): void {
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  addEventListener('popstate', listener);
  return () => {
    listeners.delete(listener);
    removeEventListener('popstate', listener);
  };
}

export interface NavigateOptions {
  /** The page that is left is not kept in the history. */
  readonly replace?: boolean;
}

/** Goes to a path of the dashboard (`/agents?status=active`) without loading the document anew. */
export function navigate(to: string, { replace = false }: NavigateOptions = {}): void {
  if (replace) history.replaceState(null, '', to);
  else history.pushState(null, '', to);
  tell();
}

export const usePath = (): string => useSyncExternalStore(subscribe, () => location.pathname);

export const ParametersContext = createContext<PathParameters>({});

/** A `{name}` of the page's path, decoded. Throws where the path has no such name. */
export function useParameter(name: string): string {
  const value = useContext(ParametersContext)[name];
  if (value === undefined) throw new Error(`The path of this page has no {${name}}.`);
  return value;
}

/**
 * The query of the address and a way to change it: filters and tabs live there, so that an address can be shared and
 * "back" works. `undefined` or an empty text removes a name. Changes replace the address unless `push` is set.
 */
export function useQueryString(): readonly [
  URLSearchParams,
  (changes: Readonly<Record<string, string | undefined>>, options?: { readonly push?: boolean }) => void,
] {
  const search = useSyncExternalStore(subscribe, () => location.search);
  const query = useMemo(() => new URLSearchParams(search), [search]);
  const change = useCallback(
    (changes: Readonly<Record<string, string | undefined>>, { push = false }: { readonly push?: boolean } = {}) => {
      const next = new URLSearchParams(location.search);
      for (const [name, value] of Object.entries(changes)) {
        if (value === undefined || value === '') next.delete(name);
        else next.set(name, value);
      }
      const text = next.toString();
      navigate(location.pathname + (text === '' ? '' : `?${text}`), { replace: !push });
    },
    [],
  );
  return [query, change];
}

interface FollowEvent {
  readonly detail: { readonly href?: string | undefined; readonly external?: boolean | undefined };
  readonly preventDefault: () => void;
}

/** `onFollow` of Cloudscape's links: paths of the dashboard are followed within it. */
export function follow(event: FollowEvent): void {
  const { href, external } = event.detail;
  if (external === true || href === undefined || !href.startsWith('/') || href.startsWith('//')) return;
  event.preventDefault();
  navigate(href);
}
