/** `GenerateSecretString` of CloudFormation, and the members of `GetRandomPassword` it shares. */
export interface GenerateSecretString {
  readonly PasswordLength?: number | undefined;
  readonly ExcludeCharacters?: string | undefined;
  readonly ExcludeLowercase?: boolean | undefined;
  readonly ExcludeUppercase?: boolean | undefined;
  readonly ExcludeNumbers?: boolean | undefined;
  readonly ExcludePunctuation?: boolean | undefined;
  readonly IncludeSpace?: boolean | undefined;
  readonly RequireEachIncludedType?: boolean | undefined;
  /** JSON object that gets the generated value as one more member. */
  readonly SecretStringTemplate?: string;
  readonly GenerateStringKey?: string;
}

const PUNCTUATION = '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~';

/** A random text as Secrets Manager makes it: 32 characters by default, one of each type. `below(n)` gives 0 to n-1. */
export function generateSecretString(options: GenerateSecretString, below: (limit: number) => number): string {
  const excluded = new Set(options.ExcludeCharacters ?? '');
  const types = [
    options.ExcludeLowercase ? '' : 'abcdefghijklmnopqrstuvwxyz',
    options.ExcludeUppercase ? '' : 'ABCDEFGHIJKLMNOPQRSTUVWXYZ',
    options.ExcludeNumbers ? '' : '0123456789',
    options.ExcludePunctuation ? '' : PUNCTUATION,
    options.IncludeSpace ? ' ' : '',
  ]
    .map((type) => type.split('').filter((character) => !excluded.has(character)))
    .filter((type) => type.length > 0);
  const pick = (from: readonly string[]): string => from[below(from.length)] ?? '';
  const all = types.flat();
  const length = options.PasswordLength ?? 32;
  const sure = options.RequireEachIncludedType === false ? [] : types.slice(0, length).map(pick);
  const rest = Array.from({ length: length - sure.length }, () => pick(all));
  const text = shuffled([...sure, ...rest], below).join('');
  if (options.SecretStringTemplate === undefined || options.GenerateStringKey === undefined) return text;
  return JSON.stringify({ ...JSON.parse(options.SecretStringTemplate), [options.GenerateStringKey]: text });
}

function shuffled(values: readonly string[], below: (limit: number) => number): string[] {
  const result = [...values];
  for (let index = result.length - 1; index > 0; index--) {
    const other = below(index + 1);
    [result[index], result[other]] = [result[other] ?? '', result[index] ?? ''];
  }
  return result;
}
