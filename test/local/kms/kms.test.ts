import { DecryptCommand, GenerateDataKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeKms } from '../../../local/services/kms/index.ts';
import { type Embedded, startEmbedded } from '../support/embedded.ts';

let cloud: Embedded;
beforeEach(async () => {
  cloud = await startEmbedded((context) => ({ kms: makeKms(context) }));
});
afterEach(() => cloud.stop());

describe('the embedded KMS', () => {
  it('decrypts a data key in its own context only', async () => {
    const kms = new KMSClient({ ...cloud.aws, maxAttempts: 1 });
    const { ref } = await cloud.declare('AWS::KMS::Key', 'Key', { Description: 'for tests' });
    await cloud.declare('AWS::KMS::Alias', 'Alias', { AliasName: 'alias/tests', TargetKeyId: ref });
    const EncryptionContext = { user: 'a', purpose: 'b' };
    const made = await kms.send(
      new GenerateDataKeyCommand({ KeyId: 'alias/tests', KeySpec: 'AES_256', EncryptionContext }),
    );
    const opened = await kms.send(
      new DecryptCommand({ CiphertextBlob: made.CiphertextBlob, EncryptionContext: { purpose: 'b', user: 'a' } }),
    );
    expect(Buffer.from(opened.Plaintext ?? []).equals(Buffer.from(made.Plaintext ?? [1]))).toBe(true);
    await expect(kms.send(new DecryptCommand({ CiphertextBlob: made.CiphertextBlob }))).rejects.toMatchObject({
      name: 'InvalidCiphertextException',
    });
  });
});
