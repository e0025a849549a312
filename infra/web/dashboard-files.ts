import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ArnFormat, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { CfnFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { BucketDeployment, CacheControl, type ISource, Source } from 'aws-cdk-lib/aws-s3-deployment';
import { Construct } from 'constructs';
import type { StageConfig } from '../config.ts';
import { acknowledge, acknowledgeWildcards } from '../kernel/acknowledge.ts';
import { WEB_DIR } from '../paths.ts';

export interface DashboardFilesProps {
  readonly config: StageConfig;
  readonly bucket: IBucket;
  /** What `/config.json` says. */
  readonly settings: Readonly<Record<string, string>>;
}

/** Puts the built dashboard into its bucket: what is named by its content for good, the page and its settings never cached. */
export class DashboardFiles extends Construct {
  readonly #config: StageConfig;
  readonly #bucket: IBucket;
  readonly #role: Role;
  readonly #logs: LogGroup;

  constructor(scope: Construct, id: string, { config, bucket, settings }: DashboardFilesProps) {
    super(scope, id);
    this.#config = config;
    this.#bucket = bucket;
    this.#logs = new LogGroup(this, 'Logs', {
      logGroupName: `/aws/lambda/${config.prefix}-deploy-dashboard`,
      retention: config.logRetentionDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.#role = this.#deployerRole();
    const assets = this.#deploy('Assets', {
      sources: [Source.asset(join(WEB_DIR, 'assets'))],
      prefix: 'assets',
      cache: 'public, max-age=31536000, immutable',
    });
    const page = readFileSync(join(WEB_DIR, 'index.html'), 'utf8');
    const told = this.#deploy('Page', {
      sources: [Source.data('index.html', page), Source.jsonData('config.json', settings)],
      cache: 'no-cache',
    });
    // Whoever gets the new page finds its chunks.
    told.node.addDependency(assets);
    this.#explain(assets);
  }

  #deploy(id: string, what: { sources: ISource[]; prefix?: string; cache: string }): BucketDeployment {
    return new BucketDeployment(this, id, {
      sources: what.sources,
      destinationBucket: this.#bucket,
      ...(what.prefix === undefined ? {} : { destinationKeyPrefix: what.prefix }),
      cacheControl: [CacheControl.fromString(what.cache)],
      // Pages that are open in a browser still ask for chunks of the release they are of.
      prune: false,
      // An empty bucket can go with its stack.
      retainOnDelete: false,
      memoryLimit: 512,
      // What the CDK would grant has wildcards in its actions; the role has what is needed instead.
      role: this.#role.withoutPolicyUpdates(),
      logGroup: this.#logs,
    });
  }

  /** Reads the assets of this account, writes the bucket. */
  #deployerRole(): Role {
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    const { account, region } = Stack.of(this);
    const assets = Stack.of(this).formatArn({
      service: 's3',
      region: '',
      account: '',
      resource: `cdk-hnb659fds-assets-${account}-${region}`,
      resourceName: '*',
      arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
    });
    const files = this.#bucket.arnForObjects('*');
    this.#logs.grantWrite(role);
    role.addToPolicy(new PolicyStatement({ actions: ['s3:GetObject'], resources: [assets] }));
    const onBucket = ['s3:ListBucket', 's3:GetBucketTagging'];
    role.addToPolicy(new PolicyStatement({ actions: onBucket, resources: [this.#bucket.bucketArn] }));
    role.addToPolicy(new PolicyStatement({ actions: ['s3:PutObject', 's3:DeleteObject'], resources: [files] }));
    acknowledgeWildcards(
      role,
      [assets, files],
      'Assets and files are named by their content, new ones at each release.',
    );
    return role;
  }

  /** The CDK's own function, one for all deployments of the stack. */
  #explain({ node }: BucketDeployment): void {
    const handler = Stack.of(this)
      .node.findAll()
      .find(
        (construct) =>
          construct.node.path.includes('CDKBucketDeployment') &&
          construct.node.id === 'Resource' &&
          'runtime' in construct,
      );
    if (!handler) throw new Error(`${node.path} has no function.`);
    (handler as CfnFunction).functionName = `${this.#config.prefix}-deploy-dashboard`;
    acknowledge(handler, 'L1', 'The CDK chooses the runtime of its deployment function.');
  }
}
