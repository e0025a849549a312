import { ArnFormat, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { AccessLogFormat, CfnAccount } from 'aws-cdk-lib/aws-apigateway';
import {
  type CfnApi,
  type CfnStage,
  LogGroupLogDestination,
  WebSocketApi,
  type WebSocketRoute,
  WebSocketStage,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { WebSocketLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { StageConfig } from '../config.ts';
import { acknowledge, acknowledgeWildcards } from '../kernel/acknowledge.ts';
import type { Grantee, OratioFunction } from '../kernel/oratio-function.ts';

/** What came over which connection and how it went; no query strings, which carry tickets, and no contents. */
const ACCESS_LOG_FIELDS = {
  requestId: '$context.extendedRequestId',
  at: '$context.requestTimeEpoch',
  event: '$context.eventType',
  route: '$context.routeKey',
  connectionId: '$context.connectionId',
  status: '$context.status',
  sourceIp: '$context.identity.sourceIp',
  integrationMs: '$context.integrationLatency',
  error: '$context.error.message',
};

const STAGE_NAME = 'live';

/** A phone sends 50 frames a second (20 ms each, nobody batches them), a browser 10 to 25; the rest is control. */
const MESSAGES_PER_LINE_AND_SECOND = 60;
/** API Gateway's default for all APIs of an account in a region (quotas page, 2026-11). */
const ACCOUNT_MESSAGES_PER_SECOND = 10_000;

/** All of the managed policy AmazonAPIGatewayPushToCloudWatchLogs: API Gateway tries a role out before it takes it, and does not say with which of them. */
const LOG_ACTIONS = [
  'logs:CreateLogGroup',
  'logs:CreateLogStream',
  'logs:DescribeLogGroups',
  'logs:DescribeLogStreams',
  'logs:FilterLogEvents',
  'logs:GetLogEvents',
  'logs:PutLogEvents',
] as const;

/** The WebSocket API that carries calls: every route ends at one function, which authorizes and passes on. */
export class VoiceSocket extends Construct {
  readonly api: WebSocketApi;

  constructor(scope: Construct, id: string, { config }: { readonly config: StageConfig }) {
    super(scope, id);
    this.api = new WebSocketApi(this, 'WebSocket', {
      apiName: `${config.prefix}-voice`,
      description: 'Oratio: calls with agents.',
      routeSelectionExpression: '$request.body.type',
    });
    this.#addStage(config);
  }

  /** `wss://{id}.execute-api.{region}.amazonaws.com/live`. */
  get url(): string {
    return `${this.api.apiEndpoint}/${STAGE_NAME}`;
  }

  /** Sends every event of every connection to this function. */
  serve(fn: OratioFunction): void {
    for (const key of ['$connect', '$disconnect', '$default']) this.#addRoute(key, fn);
  }

  /** Gives the address, and the right to write to connections and to close them. */
  grantConnections(fn: Grantee): void {
    this.#grant(fn, ['POST', 'DELETE']);
  }

  /** The same without the right to close them. */
  grantTelling(fn: Grantee): void {
    this.#grant(fn, ['POST']);
  }

  #grant(fn: Grantee, methods: readonly string[]): void {
    fn.provide('WEBSOCKET_URL', this.url);
    fn.allow(
      ['execute-api:ManageConnections'],
      methods.map((method) => this.#arn(`${STAGE_NAME}/${method}/@connections/*`)),
      { wildcardReason: 'Connections come and go; each is named by API Gateway when a caller arrives.' },
    );
  }

  #arn(resourceName: string): string {
    return Stack.of(this).formatArn({ service: 'execute-api', resource: this.api.apiId, resourceName });
  }

  #addRoute(key: string, fn: OratioFunction): void {
    const route: WebSocketRoute = this.api.addRoute(key, {
      integration: new WebSocketLambdaIntegration(`Integration${key.slice(1)}`, fn.lambda),
    });
    acknowledge(
      route,
      'APIG4',
      'The function behind $connect authorizes: API keys, tickets, owner tokens and signatures of the telephone provider are no tokens that an authorizer of API Gateway could cache. No other route is reached without it.',
    );
  }

  #addStage(config: StageConfig): void {
    const logs = new LogGroup(this, 'AccessLogs', {
      logGroupName: `/aws/vendedlogs/apigateway/${config.prefix}-voice`,
      retention: config.logRetentionDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const messages = Math.min(config.voiceLines * MESSAGES_PER_LINE_AND_SECOND, ACCOUNT_MESSAGES_PER_SECOND);
    const stage = new WebSocketStage(this, 'Stage', {
      webSocketApi: this.api,
      stageName: STAGE_NAME,
      autoDeploy: true,
      throttle: { rateLimit: messages, burstLimit: messages },
      accessLogSettings: {
        destination: new LogGroupLogDestination(logs),
        format: AccessLogFormat.custom(JSON.stringify(ACCESS_LOG_FIELDS)),
      },
    });
    (stage.node.defaultChild as CfnStage).node.addDependency(logs, this.#logging());
  }

  /**
   * WebSocket APIs log as REST APIs do: through a role that the account names once per region ("CloudWatch Logs role
   * ARN must be set in account settings"). It stays when the stack goes: other APIs of the account may use it by then.
   */
  #logging(): CfnAccount {
    const groups = Stack.of(this).formatArn({
      service: 'logs',
      resource: 'log-group',
      resourceName: '*',
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    const role = new Role(this, 'LogRole', {
      assumedBy: new ServicePrincipal('apigateway.amazonaws.com'),
      // Inline, so that it stays with the role.
      inlinePolicies: {
        logs: new PolicyDocument({
          statements: [new PolicyStatement({ actions: [...LOG_ACTIONS], resources: [groups] })],
        }),
      },
    });
    role.applyRemovalPolicy(RemovalPolicy.RETAIN);
    acknowledgeWildcards(role, [groups], 'The setting is the account’s: any API of it logs to a group of its own.');
    const account = new CfnAccount(this, 'Logging', { cloudWatchRoleArn: role.roleArn });
    account.applyRemovalPolicy(RemovalPolicy.RETAIN);
    // An account that never had an API has no such setting yet (CloudFormation's page on AWS::ApiGateway::Account).
    account.addResourceDependency(this.api.node.defaultChild as CfnApi);
    return account;
  }
}
