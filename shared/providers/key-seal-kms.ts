import * as z from 'zod';
import { lambdaAwsContext } from '../kernel/aws-context.ts';
import { type AwsContext, awsRequest } from '../kernel/aws-request.ts';
import type { KeySeal } from './key-seal.ts';

/** KMS encrypts 4,096 bytes at most (its API reference, `Encrypt`); keys have 512 characters at most. */
const Sealed = z.object({ CiphertextBlob: z.string() });
const Opened = z.object({ Plaintext: z.string() });

const kms = async <Answer extends z.ZodType>(
  context: AwsContext,
  operation: 'Encrypt' | 'Decrypt',
  input: object,
  answer: Answer,
): Promise<z.output<Answer>> => {
  const response = await awsRequest(context, {
    service: 'kms',
    method: 'POST',
    url: `${context.endpointUrl ?? `https://kms.${context.region}.amazonaws.com`}/`,
    headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': `TrentService.${operation}` },
    body: Buffer.from(JSON.stringify(input)),
  });
  return answer.parse(await response.json());
};

/** Without a key it only opens: a ciphertext names the key it is under. */
interface SealEnv {
  readonly PROVIDER_KEYS_KMS_KEY?: string;
}

/** Sealed by the stage's KMS key, for one tenant's service alone (encryption context). Requests are signed by hand, as functions of the API do. */
export const kmsKeySeal = (
  { PROVIDER_KEYS_KMS_KEY: KeyId }: SealEnv,
  context: AwsContext = lambdaAwsContext(),
): KeySeal => ({
  close: async (key, to) => {
    const Plaintext = Buffer.from(key).toString('base64');
    const input = { KeyId, Plaintext, EncryptionContext: to };
    return (await kms(context, 'Encrypt', input, Sealed)).CiphertextBlob;
  },
  open: async (sealed, to) => {
    const input = { CiphertextBlob: sealed, EncryptionContext: to };
    const { Plaintext } = await kms(context, 'Decrypt', input, Opened);
    return Buffer.from(Plaintext, 'base64').toString();
  },
});
