import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type CfnBucket,
  type CorsRule,
  type LifecycleRule,
  ObjectOwnership,
} from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { StageConfig } from '../config.ts';
import type { Grantee } from './oratio-function.ts';

export type ObjectAction = 'GetObject' | 'PutObject' | 'PutObjectTagging' | 'DeleteObject' | 'DeleteObjectVersion';
export type BucketAction = 'ListBucket' | 'ListBucketVersions';

export interface PrivateBucketProps {
  readonly config: StageConfig;
  /** The variable a function finds the bucket's name in: `KNOWLEDGE_BUCKET`. */
  readonly variable: string;
  readonly cors?: CorsRule[];
  /** Whether EventBridge hears of each object. */
  readonly publishesEvents?: boolean;
  /** What is deleted by itself, and when. */
  readonly expiries?: readonly LifecycleRule[];
}

/**
 * A bucket nobody reaches from outside: encrypted, TLS only. Not versioned, so that what a tenant deletes is gone
 * (docs/adr/0022-buckets-are-not-versioned.md).
 */
export class PrivateBucket extends Construct {
  readonly bucket: Bucket;
  readonly #variable: string;

  constructor(scope: Construct, id: string, props: PrivateBucketProps) {
    super(scope, id);
    this.#variable = props.variable;
    this.bucket = new Bucket(this, 'Bucket', {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      removalPolicy: props.config.retainData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
      ...(props.cors?.length ? { cors: props.cors } : {}),
      lifecycleRules: [{ abortIncompleteMultipartUploadAfter: Duration.days(1) }, ...(props.expiries ?? [])],
    });
    if (props.publishesEvents) {
      // The L2's own switch adds a custom resource that rewrites the bucket's notifications; the property needs none.
      const resource = this.bucket.node.defaultChild as CfnBucket;
      resource.notificationConfiguration = { eventBridgeConfiguration: { eventBridgeEnabled: true } };
    }
  }

  /** Gives the bucket's name and these actions on its objects. */
  grantObjects(fn: Grantee, ...actions: readonly ObjectAction[]): void {
    fn.provide(this.#variable, this.bucket.bucketName);
    if (actions.length === 0) return;
    fn.allow(
      actions.map((action) => `s3:${action}`),
      [this.bucket.arnForObjects('*')],
      { wildcardReason: 'Objects lie below the prefix of a tenant and agent, known only when there is work to do.' },
    );
  }

  /** Gives the right to remove objects whatever versions they have, also should versioning ever be switched on. */
  grantErase(fn: Grantee): void {
    this.grantObjects(fn, 'DeleteObject', 'DeleteObjectVersion');
    this.grantBucket(fn, 'ListBucketVersions');
  }

  /** Gives the bucket's name and these actions on the bucket itself. */
  grantBucket(fn: Grantee, ...actions: readonly BucketAction[]): void {
    fn.provide(this.#variable, this.bucket.bucketName);
    fn.allow(
      actions.map((action) => `s3:${action}`),
      [this.bucket.bucketArn],
    );
  }
}
