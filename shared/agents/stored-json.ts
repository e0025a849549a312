/** DynamoDB nests 32 levels deep at most (service quota); what stands above needs some of them. */
const MAX_LEVELS = 8;
/** The document client writes numbers that JavaScript holds exactly, DynamoDB those above 1e-130. */
const SMALLEST = 1e-100;

/**
 * What hinders a JSON value from being stored as it is, in words for whoever sent it; undefined when nothing does.
 * Looks level by level, never by recursion: a request could be nested deep enough to end the process.
 */
export const storageObstacle = (value: unknown, maxBytes: number): string | undefined => {
  let level: readonly unknown[] = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > MAX_LEVELS) return `Nested more than ${MAX_LEVELS} levels deep.`;
    const obstacle = level.map(obstacleOf).find((found) => found !== undefined);
    if (obstacle !== undefined) return obstacle;
    level = level.flatMap((one) => (typeof one === 'object' && one !== null ? Object.values(one) : []));
  }
  return Buffer.byteLength(JSON.stringify(value)) > maxBytes ? `More than ${maxBytes} bytes as JSON.` : undefined;
};

const obstacleOf = (value: unknown): string | undefined => {
  if (typeof value === 'string') return value.isWellFormed() ? undefined : 'Not well-formed Unicode.';
  if (typeof value === 'number') return isStorable(value) ? undefined : 'A number is too large or too small.';
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.keys(value).every(isName) ? undefined : 'A name has 1 to 100 well-formed characters.';
};

const isName = (name: string): boolean => name.length > 0 && name.length <= 100 && name.isWellFormed();

const isStorable = (value: number): boolean =>
  value === 0 || (Math.abs(value) <= Number.MAX_SAFE_INTEGER && Math.abs(value) >= SMALLEST);
