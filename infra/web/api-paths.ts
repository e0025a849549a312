import { routes } from '../http/routes.ts';

/** CloudFront's quota of cache behaviors a distribution, less the default and `/assets/*` (2026-11: 75). */
const MAX_PATTERNS = 20;

/** Path patterns of CloudFront that cover every route of the API: `/api/*`, `/docs`, `/talk`, `/talk/*`, … */
export function apiPathPatterns(): readonly string[] {
  const paths = routes().map(({ path }) => path);
  const patterns = paths.map((path) => {
    const [first = '', ...rest] = path.split('/').filter(Boolean);
    return rest.length === 0 ? `/${first}` : `/${first}/*`;
  });
  const distinct = [...new Set(patterns)].sort();
  if (distinct.length <= MAX_PATTERNS) return distinct;
  throw new Error(`The API's paths begin in ${distinct.length} ways: ${distinct.join(', ')}.`);
}
