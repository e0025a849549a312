import { readSecret } from '../kernel/secret-secrets-manager.ts';
import type { CursorKey } from './cursor-key.ts';

/** Read once a process; a failed reading is not remembered. */
export const secretsManagerCursorKey = (
  { CURSOR_SECRET_ARN }: { readonly CURSOR_SECRET_ARN: string },
  read: (secretId: string) => Promise<string> = readSecret,
): CursorKey => {
  let known: Promise<string> | undefined;
  return {
    read: () => {
      known ??= read(CURSOR_SECRET_ARN).catch((error: unknown) => {
        known = undefined;
        throw error;
      });
      return known;
    },
  };
};
