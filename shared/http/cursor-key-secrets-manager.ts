import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { CursorKey } from './cursor-key.ts';

/** Read once a process; a failed reading is not remembered. */
export const secretsManagerCursorKey = (
  { CURSOR_SECRET_ARN: SecretId }: { readonly CURSOR_SECRET_ARN: string },
  client: SecretsManagerClient = new SecretsManagerClient({}),
): CursorKey => {
  let known: Promise<string> | undefined;
  const load = async (): Promise<string> => {
    const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId }));
    if (SecretString === undefined || SecretString === '') throw new Error('The secret that signs cursors is empty');
    return SecretString;
  };
  return {
    read: () => {
      known ??= load().catch((error: unknown) => {
        known = undefined;
        throw error;
      });
      return known;
    },
  };
};
