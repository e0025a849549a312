/** RFC 6901 pointer to a place in the body: `pointer('files', 2)` is `/files/2`. */
export const pointer = (...path: readonly PropertyKey[]): string =>
  path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
