import * as z from 'zod';
import { readSecret } from '../kernel/secret-secrets-manager.ts';
import { ElizaError } from './eliza-error.ts';

/** What the stage's secret holds for callers of the server; the server itself reads the rest of it. */
const ElizaSecret = z.object({ authToken: z.string().min(16) });

/** How long a rotated token may go unnoticed. */
const FRESH_MS = 5 * 60_000;

/**
 * The server's token, read from its secret at most every five minutes. Throws `ElizaError` (`unauthorized`) for a secret
 * that nobody has made yet or that holds something else.
 */
export const elizaTokenOf = (
  secretName: string,
  read: (secretId: string) => Promise<string> = readSecret,
  now: () => number = () => Date.now(),
): (() => Promise<string>) => {
  let known: { readonly token: string; readonly atMs: number } | undefined;
  return async () => {
    if (known !== undefined && now() - known.atMs < FRESH_MS) return known.token;
    const text = await read(secretName).catch((error: unknown) => {
      if (error instanceof Error && error.name === 'ResourceNotFoundException') throw noToken(error);
      throw error;
    });
    known = { token: tokenIn(text), atMs: now() };
    return known.token;
  };
};

const tokenIn = (text: string): string => {
  try {
    return ElizaSecret.parse(JSON.parse(text)).authToken;
  } catch (cause) {
    throw noToken(cause);
  }
};

const noToken = (cause: unknown): ElizaError =>
  new ElizaError('unauthorized', undefined, undefined, 'The secret of the ElizaOS server holds no token.', { cause });
