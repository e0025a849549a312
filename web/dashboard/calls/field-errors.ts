import type { ProblemPlace } from '../../../client/index.ts';

const placesOf = (error: unknown): readonly ProblemPlace[] =>
  error instanceof Error && 'errors' in error && Array.isArray(error.errors) ? (error.errors as ProblemPlace[]) : [];

/** What a problem of the API says about one field: at this JSON pointer, or anywhere below it. */
export function errorAt(error: unknown, pointer: string): string | undefined {
  const messages = placesOf(error)
    .filter((place) => place.pointer === pointer || place.pointer.startsWith(`${pointer}/`))
    .map(({ message }) => message);
  return messages.length === 0 ? undefined : messages.join(' ');
}

/** The problem, unless all that it says is shown at these fields. */
export function besides(error: unknown, pointers: readonly string[]): unknown {
  const places = placesOf(error);
  if (places.length === 0) return error;
  const isShown = ({ pointer }: ProblemPlace): boolean =>
    pointers.some((shown) => pointer === shown || pointer.startsWith(`${shown}/`));
  return places.every(isShown) ? undefined : error;
}

/** The stable code of a problem of the API. */
export const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
