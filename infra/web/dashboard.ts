import { CfnOutput, Duration, Fn, RemovalPolicy, Stack } from 'aws-cdk-lib';
import {
  AllowedMethods,
  type BehaviorOptions,
  CachePolicy,
  Distribution,
  Function as EdgeFunction,
  FunctionCode,
  FunctionEventType,
  FunctionRuntime,
  HeadersFrameOption,
  HeadersReferrerPolicy,
  HttpVersion,
  type IResponseHeadersPolicy,
  OriginRequestPolicy,
  PriceClass,
  ResponseHeadersPolicy,
  ViewerProtocolPolicy,
} from 'aws-cdk-lib/aws-cloudfront';
import { HttpOrigin, S3BucketOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import { BlockPublicAccess, Bucket, BucketEncryption, type IBucket, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { StageConfig } from '../config.ts';
import type { Api } from '../http/http-api.ts';
import type { DashboardSignIn } from '../identity/dashboard-sign-in.ts';
import type { Identity } from '../identity/identity.ts';
import { acknowledge } from '../kernel/acknowledge.ts';
import type { Stores } from '../stores/stores.ts';
import { apiPathPatterns } from './api-paths.ts';
import { contentSecurityPolicy } from './content-policy.ts';
import { DashboardFiles } from './dashboard-files.ts';
import { PAGE_OF_PATH } from './page-of-path.ts';

export interface DashboardProps {
  readonly config: StageConfig;
  readonly stores: Stores;
  readonly identity: Identity;
  readonly signIn: DashboardSignIn;
  readonly api: Api;
  readonly webSocketUrl: string;
}

/** The dashboard: files in a bucket that only CloudFront reads, and the API, at one address. */
export class Dashboard extends Construct {
  /** `https://…` */
  readonly url: string;

  constructor(scope: Construct, id: string, props: DashboardProps) {
    super(scope, id);
    const bucket = filesBucket(this);
    const distribution = distributionOf(this, props, bucket);
    this.url = `https://${distribution.distributionDomainName}`;
    props.signIn.servedAt(this.url);
    new DashboardFiles(this, 'Files', {
      config: props.config,
      bucket,
      settings: {
        // Beside it: the same origin serves both.
        api: '/',
        webSocket: props.webSocketUrl,
        issuer: props.identity.issuer,
        signIn: props.signIn.url,
        clientId: props.signIn.client.userPoolClientId,
        // For programs that sign in with a password (`oratio login --username`).
        cognito: props.identity.apiUrl,
        programClientId: props.identity.client.userPoolClientId,
        stage: props.config.stage,
      },
    });
    new CfnOutput(Stack.of(this), 'DashboardUrl', { value: this.url });
    new CfnOutput(Stack.of(this), 'DashboardClientId', { value: props.signIn.client.userPoolClientId });
    new CfnOutput(Stack.of(this), 'SignInUrl', { value: props.signIn.url });
  }
}

/** Holds what can be built again at any time, so it goes with its stack. */
function filesBucket(scope: Construct): IBucket {
  const bucket = new Bucket(scope, 'Bucket', {
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    encryption: BucketEncryption.S3_MANAGED,
    enforceSSL: true,
    minimumTLSVersion: 1.2,
    objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
    removalPolicy: RemovalPolicy.DESTROY,
    // Chunks of former releases, for pages that are still open.
    lifecycleRules: [{ abortIncompleteMultipartUploadAfter: Duration.days(1) }],
  });
  acknowledge(bucket, 'S1', 'It holds the public files of a web page, which only CloudFront reads.');
  // The CDK's own types do not go together under exactOptionalPropertyTypes.
  return bucket as IBucket;
}

function distributionOf(scope: Construct, props: DashboardProps, bucket: IBucket): Distribution {
  const files = S3BucketOrigin.withOriginAccessControl(bucket);
  const responseHeadersPolicy = headersPolicy(scope, props);
  const viewerProtocolPolicy = ViewerProtocolPolicy.REDIRECT_TO_HTTPS;
  const api = apiBehavior(props.api);
  const distribution = new Distribution(scope, 'Distribution', {
    comment: `${props.config.prefix}: dashboard`,
    priceClass: PriceClass.PRICE_CLASS_100,
    httpVersion: HttpVersion.HTTP2_AND_3,
    defaultBehavior: {
      origin: files,
      viewerProtocolPolicy,
      responseHeadersPolicy,
      // The page and its settings are small and must be those of the last release.
      cachePolicy: CachePolicy.CACHING_DISABLED,
      compress: true,
      functionAssociations: [
        { function: pageOfPath(scope, props.config), eventType: FunctionEventType.VIEWER_REQUEST },
      ],
    },
    additionalBehaviors: {
      '/assets/*': {
        origin: files,
        viewerProtocolPolicy,
        responseHeadersPolicy,
        cachePolicy: CachePolicy.CACHING_OPTIMIZED,
        compress: true,
      },
      ...Object.fromEntries(apiPathPatterns().map((pattern) => [pattern, api])),
    },
  });
  acknowledge(distribution, 'CFR1', 'Agents are looked after from anywhere; who may sign in is decided by Cognito.');
  acknowledge(
    distribution,
    'CFR2',
    'Static files and an API that is throttled behind them; a web ACL is paid by the month and can be attached.',
  );
  acknowledge(
    distribution,
    'CFR3',
    'The API’s access log tells who did what; of the page’s files there is nothing to tell.',
  );
  acknowledge(
    distribution,
    'CFR4',
    'CloudFront’s own certificate sets the versions of TLS; a stage with a domain of its own brings its certificate.',
  );
  return distribution;
}

/** An SPA has one page for all its addresses. Only viewers of the default behavior pass here, never the API's. */
const pageOfPath = (scope: Construct, { prefix }: StageConfig): EdgeFunction =>
  new EdgeFunction(scope, 'PageOfPath', {
    functionName: `${prefix}-page-of-path`,
    comment: 'The page of every address that is no file.',
    runtime: FunctionRuntime.JS_2_0,
    code: FunctionCode.fromInline(PAGE_OF_PATH),
  });

/** Passes requests on as they are, with their bodies and tokens; nothing of them is kept. */
const apiBehavior = ({ url }: Api): BehaviorOptions => ({
  origin: new HttpOrigin(Fn.select(2, Fn.split('/', url))),
  viewerProtocolPolicy: ViewerProtocolPolicy.HTTPS_ONLY,
  allowedMethods: AllowedMethods.ALLOW_ALL,
  cachePolicy: CachePolicy.CACHING_DISABLED,
  originRequestPolicy: OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
  compress: false,
});

function headersPolicy(
  scope: Construct,
  { config, stores, signIn, webSocketUrl }: DashboardProps,
): IResponseHeadersPolicy {
  const { region } = Stack.of(scope);
  const knowledge = `https://${stores.knowledge.bucket.bucketRegionalDomainName}`;
  const recordings = `https://${stores.recordings.bucket.bucketRegionalDomainName}`;
  const origin = Fn.join(
    '/',
    [0, 1, 2].map((index) => Fn.select(index, Fn.split('/', webSocketUrl))),
  );
  return new ResponseHeadersPolicy(scope, 'Headers', {
    responseHeadersPolicyName: `${config.prefix}-dashboard`,
    securityHeadersBehavior: {
      contentSecurityPolicy: {
        override: true,
        contentSecurityPolicy: contentSecurityPolicy({
          connect: [origin, `wss://bedrock-agentcore.${region}.amazonaws.com`, signIn.url, knowledge, recordings],
          media: [recordings],
        }),
      },
      contentTypeOptions: { override: true },
      frameOptions: { override: true, frameOption: HeadersFrameOption.DENY },
      referrerPolicy: { override: true, referrerPolicy: HeadersReferrerPolicy.NO_REFERRER },
      strictTransportSecurity: {
        override: true,
        accessControlMaxAge: Duration.days(730),
        includeSubdomains: true,
      },
    },
    customHeadersBehavior: {
      customHeaders: [
        { header: 'Cross-Origin-Opener-Policy', value: 'same-origin', override: true },
        { header: 'Permissions-Policy', value: 'microphone=(self), camera=(), geolocation=()', override: true },
      ],
    },
  });
}
