import * as z from 'zod';

/** A variable that must not be empty. */
export const text = z.string().min(1);

/**
 * The environment of this process as the use case's schema demands it.
 * Throws when a variable is missing or wrong: the function then fails at its first invocation, naming the variable.
 */
export const parseEnv = <Schema extends z.ZodObject>(
  schema: Schema,
  source: Readonly<Record<string, string | undefined>> = process.env,
): z.output<Schema> => {
  const parsed = schema.safeParse(source);
  if (parsed.success) return parsed.data;
  const wrong = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new Error(`The environment of this function is incomplete: ${wrong.join('; ')}`);
};
