import { PAGE_SCRIPTS_ID } from './page-list.ts';

/**
 * Has all scripts of a page fetched at once. A browser alone would find those that others import one after the other.
 * `path` is the route's, with its names.
 */
export function preloadScripts(path: string): void {
  const written = document.getElementById(PAGE_SCRIPTS_ID)?.textContent ?? '{}';
  const files = (JSON.parse(written) as Readonly<Record<string, readonly string[]>>)[path] ?? [];
  for (const file of files) {
    const link = document.createElement('link');
    link.rel = 'modulepreload';
    link.href = `/assets/${file}`;
    document.head.append(link);
  }
}
