import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import type { StageConfig } from '../config.ts';
import type { Grantee } from '../kernel/oratio-function.ts';

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

  #bySecretsManager() {
    return { StringEquals: { 'kms:ViaService': `secretsmanager.${Stack.of(this).region}.amazonaws.com` } };
  }
}
