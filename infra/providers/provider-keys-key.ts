import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import type { StageConfig } from '../config.ts';
import type { Grantee } from '../kernel/oratio-function.ts';

/** What is sealed between functions names the tenant; what Secrets Manager encrypts names a secret (`SecretARN`) instead. */
const FOR_A_TENANT = { Null: { 'kms:EncryptionContext:userId': 'false' } };

/** The KMS key that encrypts what tenants entrust to us: keys to services of their own. */
export class ProviderKeysKey extends Construct {
  readonly #key: Key;

  constructor(scope: Construct, id: string, { config }: { readonly config: StageConfig }) {
    super(scope, id);
    this.#key = new Key(this, 'Key', {
      alias: `${config.prefix}-provider-keys`,
      description: 'Encrypts the keys to providers that tenants have entrusted to us.',
      enableKeyRotation: true,
      removalPolicy: config.retainData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
  }

  /** To read secrets under this key, and nothing else that it may encrypt. */
  grantRead(to: Grantee): void {
    to.allow(['kms:Decrypt'], [this.#key.keyArn], { conditions: this.#bySecretsManager() });
  }

  /** To make and change secrets under this key, too. */
  grantWrite(to: Grantee): void {
    to.provide('PROVIDER_KEYS_KMS_KEY', this.#key.keyArn);
    to.allow(['kms:Decrypt', 'kms:GenerateDataKey'], [this.#key.keyArn], { conditions: this.#bySecretsManager() });
  }

  /** To seal a key for its way to another function; `grantOpening` to open it there, and nothing that a secret holds. */
  grantSealing(to: Grantee): void {
    to.provide('PROVIDER_KEYS_KMS_KEY', this.#key.keyArn);
    to.allow(['kms:Encrypt'], [this.#key.keyArn], { conditions: FOR_A_TENANT });
  }

  grantOpening(to: Grantee): void {
    to.allow(['kms:Decrypt'], [this.#key.keyArn], { conditions: FOR_A_TENANT });
  }

  #bySecretsManager() {
    return { StringEquals: { 'kms:ViaService': `secretsmanager.${Stack.of(this).region}.amazonaws.com` } };
  }
}
