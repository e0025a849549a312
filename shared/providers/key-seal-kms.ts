import { lambdaAwsContext } from '../kernel/aws-context.ts';
import { awsJson } from '../kernel/aws-json.ts';
import type { AwsContext } from '../kernel/aws-request.ts';
import type { KeySeal } from './key-seal.ts';

/**
 * Closes keys by the stage's KMS key, for one tenant's service alone (encryption context). KMS encrypts 4,096 bytes at
 * most (its API reference, `Encrypt`); keys have 512 characters at most. Requests are signed by hand, as functions of the
 * API do.
 */
export const kmsSealing = (
  { PROVIDER_KEYS_KMS_KEY: KeyId }: { readonly PROVIDER_KEYS_KMS_KEY: string },
  context: AwsContext = lambdaAwsContext(),
): Pick<KeySeal, 'close'> => ({
  close: async (key, to) => {
    const Plaintext = Buffer.from(key).toString('base64');
    const input = { KeyId, Plaintext, EncryptionContext: to };
    const answer = await awsJson(context, 'kms', 'TrentService.Encrypt', input);
    return (answer as { readonly CiphertextBlob: string }).CiphertextBlob;
  },
});

/** Opens them: a ciphertext names the key it is under. */
export const kmsOpening = (context: AwsContext = lambdaAwsContext()): Pick<KeySeal, 'open'> => ({
  open: async (sealed, to) => {
    const input = { CiphertextBlob: sealed, EncryptionContext: to };
    const answer = await awsJson(context, 'kms', 'TrentService.Decrypt', input);
    return Buffer.from((answer as { readonly Plaintext: string }).Plaintext, 'base64').toString();
  },
});
