import { createCipheriv, createDecipheriv, randomBytes, randomUUID } from 'node:crypto';
import * as client from '@aws-sdk/client-kms';
import { defineSchemaService } from '../../core/schema-service.ts';
import { AwsError, type AwsService, type CloudContext } from '../../core/service.ts';
import { requireText } from '../../core/text.ts';

type Context = Pick<CloudContext, 'accountId' | 'region' | 'clock' | 'store'>;

interface StoredKey {
  readonly keyId: string;
  readonly arn: string;
  readonly description: string;
  /** Base64, 256 bits. */
  readonly material: string;
  readonly createdAtMs: number;
}

type EncryptionContext = Readonly<Record<string, string>> | undefined;

interface NeedsInput {
  readonly KeyId?: string;
  readonly CiphertextBlob?: Uint8Array;
  readonly EncryptionContext?: EncryptionContext;
}

const IV_BYTES = 12;
const TAG_BYTES = 16;
const KEY_ID_BYTES = 36;

/** Symmetric keys: AES-256-GCM with the encryption context as additional data. A ciphertext names its key. */
export function makeKms(context: Context): AwsService {
  const keys = context.store('kms-keys');
  const aliases = context.store('kms-aliases');
  const prefix = `arn:aws:kms:${context.region}:${context.accountId}:`;
  const resolve = (id: string | undefined): StoredKey | undefined => {
    const local = (id ?? '').replace(prefix, '').replace(/^key\//, '');
    return keys.get<StoredKey>(local.startsWith('alias/') ? (aliases.get<string>(local) ?? '') : local);
  };
  const required = (id: string | undefined): StoredKey => resolve(id) ?? missing(id);
  const makeKey = (keyId: string, description: string): StoredKey => {
    const known = keys.get<StoredKey>(keyId);
    if (known !== undefined) return known;
    const material = randomBytes(32).toString('base64');
    const key = { keyId, arn: `${prefix}key/${keyId}`, description, material, createdAtMs: context.clock.now() };
    keys.put(keyId, key);
    return key;
  };
  const metadata = (key: StoredKey) => ({
    KeyId: key.keyId,
    Arn: key.arn,
    Description: key.description,
    Enabled: true,
    KeyState: 'Enabled' as const,
    KeyUsage: 'ENCRYPT_DECRYPT' as const,
    CreationDate: new Date(key.createdAtMs),
  });
  return {
    ...defineSchemaService({
      name: 'kms',
      signingName: 'kms',
      targetPrefix: 'TrentService',
      client,
      needs: (operation, { KeyId, CiphertextBlob, EncryptionContext = {} }: NeedsInput) => {
        const named = KeyId ?? (CiphertextBlob && keyIdOf(CiphertextBlob));
        const said = Object.entries(EncryptionContext).map(([key, value]) => [`kms:EncryptionContext:${key}`, value]);
        const resource = resolve(named)?.arn ?? named ?? '*';
        return [{ action: `kms:${operation}`, resource, context: Object.fromEntries(said) }];
      },
      operations: {
        CreateKey: ({ Description = '' }) => ({ KeyMetadata: metadata(makeKey(randomUUID(), Description)) }),
        DescribeKey: ({ KeyId }) => ({ KeyMetadata: metadata(required(KeyId)) }),
        ListKeys: () => ({
          Keys: keys.list<StoredKey>().map(({ value }) => ({ KeyId: value.keyId, KeyArn: value.arn })),
        }),
        CreateAlias: ({ AliasName = '', TargetKeyId }) => {
          aliases.put(AliasName, required(TargetKeyId).keyId);
          return {};
        },
        Encrypt: ({ KeyId, Plaintext = new Uint8Array(), EncryptionContext }) => {
          const key = required(KeyId);
          return { CiphertextBlob: encrypt(key, Plaintext, EncryptionContext), KeyId: key.arn };
        },
        Decrypt: ({ CiphertextBlob = new Uint8Array(), EncryptionContext }) => {
          const key = required(keyIdOf(CiphertextBlob));
          return { Plaintext: decrypt(key, CiphertextBlob, EncryptionContext), KeyId: key.arn };
        },
        GenerateDataKey: ({ KeyId, KeySpec, NumberOfBytes, EncryptionContext }) => {
          const key = required(KeyId);
          const Plaintext = randomBytes(NumberOfBytes ?? (KeySpec === 'AES_128' ? 16 : 32));
          return { Plaintext, CiphertextBlob: encrypt(key, Plaintext, EncryptionContext), KeyId: key.arn };
        },
      },
      resources: [
        {
          type: 'AWS::KMS::Key',
          ensure: async ({ properties, physicalName }) => {
            const known = context.store('kms-declared').get<string>(physicalName) ?? randomUUID();
            context.store('kms-declared').put(physicalName, known);
            const key = makeKey(known, requireText(properties.Description ?? '', 'Description'));
            return { ref: key.keyId, attributes: { Arn: key.arn, KeyId: key.keyId } };
          },
        },
        {
          type: 'AWS::KMS::Alias',
          ensure: async ({ properties }) => {
            const name = requireText(properties.AliasName, 'AliasName');
            aliases.put(name, required(requireText(properties.TargetKeyId, 'TargetKeyId')).keyId);
            return { ref: name, attributes: {} };
          },
        },
      ],
    }),
    inventory: async () => [
      ...keys.list<StoredKey>().map(({ value }) => value.arn),
      ...aliases.list().map(({ key }) => `${prefix}${key}`),
    ],
  };
}

const missing = (id: string | undefined): never => {
  throw new AwsError('NotFoundException', `Key '${id ?? ''}' does not exist`);
};

const keyIdOf = (ciphertext: Uint8Array): string =>
  Buffer.from(ciphertext.subarray(0, KEY_ID_BYTES)).toString('latin1');

/** The order of the members does not count, in KMS as here. */
const additionalData = (context: EncryptionContext): Buffer =>
  Buffer.from(JSON.stringify(Object.entries(context ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))));

function encrypt(key: StoredKey, plaintext: Uint8Array, context: EncryptionContext): Uint8Array {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv('aes-256-gcm', Buffer.from(key.material, 'base64'), iv).setAAD(additionalData(context));
  const body = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  return Buffer.concat([Buffer.from(key.keyId, 'latin1'), iv, cipher.getAuthTag(), body]);
}

function decrypt(key: StoredKey, ciphertext: Uint8Array, context: EncryptionContext): Uint8Array {
  const [ivAt, tagAt, bodyAt] = [KEY_ID_BYTES, KEY_ID_BYTES + IV_BYTES, KEY_ID_BYTES + IV_BYTES + TAG_BYTES];
  try {
    const decipher = createDecipheriv(
      'aes-256-gcm',
      Buffer.from(key.material, 'base64'),
      ciphertext.subarray(ivAt, tagAt),
    )
      .setAAD(additionalData(context))
      .setAuthTag(ciphertext.subarray(tagAt, bodyAt));
    return Buffer.concat([decipher.update(ciphertext.subarray(bodyAt)), decipher.final()]);
  } catch {
    throw new AwsError('InvalidCiphertextException', 'The ciphertext is not one of this key and context.');
  }
}
