import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { StageConfig } from '../config.ts';
import { CursorSecret } from '../http/cursor-secret.ts';
import { RateLimitBuckets } from '../http/rate-limits.ts';
import { Identity } from '../identity/identity.ts';
import { KnowledgeStore } from '../knowledge/knowledge-store.ts';
import { ProviderKeysKey } from '../providers/provider-keys-key.ts';
import { Stores } from '../stores/stores.ts';

/** What must survive: users, rows, objects, vectors, the key that signs cursors. */
export class DataStack extends Stack {
  readonly stores: Stores;
  readonly knowledge: KnowledgeStore;
  readonly identity: Identity;
  readonly cursorSecret: CursorSecret;
  readonly providerKeysKey: ProviderKeysKey;
  readonly rateLimits: RateLimitBuckets;

  constructor(scope: Construct, id: string, { config, ...props }: StackProps & { readonly config: StageConfig }) {
    super(scope, id, props);
    this.stores = new Stores(this, 'Stores', { config });
    this.knowledge = new KnowledgeStore(this, 'Knowledge', { config, files: this.stores.knowledge });
    this.identity = new Identity(this, 'Identity', { config });
    this.cursorSecret = new CursorSecret(this, 'CursorSecret', { config });
    this.rateLimits = new RateLimitBuckets(this, 'RateLimits', { config });
    this.providerKeysKey = new ProviderKeysKey(this, 'ProviderKeysKey', { config });
    new CfnOutput(this, 'UserPoolId', { value: this.identity.userPool.userPoolId });
    new CfnOutput(this, 'UserPoolClientId', { value: this.identity.client.userPoolClientId });
  }
}
