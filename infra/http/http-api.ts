import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import {
  type CfnStage,
  CorsHttpMethod,
  HttpApi,
  HttpMethod,
  type IHttpRouteAuthorizer,
  LogGroupLogDestination,
} from 'aws-cdk-lib/aws-apigatewayv2';
import {
  HttpJwtAuthorizer,
  HttpLambdaAuthorizer,
  HttpLambdaResponseType,
} from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { StageConfig } from '../config.ts';
import type { Identity } from '../identity/identity.ts';
import { acknowledge } from '../kernel/acknowledge.ts';
import type { OratioFunction } from '../kernel/oratio-function.ts';
import { type Route, routes } from './routes.ts';

export interface ApiProps {
  readonly config: StageConfig;
  readonly identity: Identity;
  /** Clients of the user pool whose tokens are taken. */
  readonly clientIds: readonly string[];
  readonly functions: readonly OratioFunction[];
  /** Tells users with a token and programs with an API key apart. */
  readonly authorizer: OratioFunction;
}

type Guards = Readonly<Record<'token' | 'token-or-key', IHttpRouteAuthorizer>>;

/** Who called what, and how it went; no tokens, bodies or query strings. */
const ACCESS_LOG_FIELDS = {
  requestId: '$context.requestId',
  at: '$context.requestTimeEpoch',
  method: '$context.httpMethod',
  route: '$context.routeKey',
  status: '$context.status',
  userId: '$context.authorizer.claims.sub',
  keyUserId: '$context.authorizer.userId',
  keyId: '$context.authorizer.keyId',
  sourceIp: '$context.identity.sourceIp',
  responseBytes: '$context.responseLength',
  latencyMs: '$context.responseLatency',
  integrationMs: '$context.integrationLatency',
  error: '$context.error.message',
};

/** The public HTTP API: a route for each operation and its aliases, behind the user pool's tokens. */
export class Api extends Construct {
  readonly api: HttpApi;

  constructor(scope: Construct, id: string, { config, identity, clientIds, functions, authorizer }: ApiProps) {
    super(scope, id);
    this.api = new HttpApi(this, 'Http', {
      apiName: `${config.prefix}-api`,
      description: 'Oratio: agents from SOPs.',
      createDefaultStage: false,
      ...(config.allowedOrigins.length === 0 ? {} : { corsPreflight: corsOf(config.allowedOrigins) }),
    });
    this.#addStage(config);
    const guards: Guards = {
      token: new HttpJwtAuthorizer('Users', identity.issuer, { jwtAudience: [...clientIds] }),
      'token-or-key': new HttpLambdaAuthorizer('Callers', authorizer.lambda, {
        authorizerName: `${config.prefix}-callers`,
        responseTypes: [HttpLambdaResponseType.SIMPLE],
        identitySource: ['$request.header.Authorization'],
        // Nothing is remembered: a key that was deleted is refused at once.
        resultsCacheTtl: Duration.seconds(0),
      }),
    };
    const integrations = new Map(functions.map((fn) => [fn.name, this.#integrate(fn)]));
    for (const route of routes()) this.#addRoute(route, guards, integrations);
  }

  get url(): string {
    return this.api.apiEndpoint;
  }

  #addStage(config: StageConfig): void {
    const logs = new LogGroup(this, 'AccessLogs', {
      logGroupName: `/aws/vendedlogs/apigateway/${config.prefix}-api`,
      retention: config.logRetentionDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const stage = this.api.addStage('Stage', {
      stageName: '$default',
      autoDeploy: true,
      throttle: { rateLimit: config.apiRequestsPerSecond, burstLimit: config.apiBurst },
      accessLogSettings: {
        destination: new LogGroupLogDestination(logs),
        format: AccessLogFormat.custom(JSON.stringify(ACCESS_LOG_FIELDS)),
      },
    });
    (stage.node.defaultChild as CfnStage).node.addDependency(logs);
  }

  /** One permission a function, for every route: one a route would reach the 20 KB limit of a function's policy. */
  #integrate(fn: OratioFunction): HttpLambdaIntegration {
    return new HttpLambdaIntegration(fn.name, fn.lambda, {
      scopePermissionToRoute: false,
      timeout: Duration.seconds(29),
    });
  }

  #addRoute(route: Route, guards: Guards, integrations: Map<string, HttpLambdaIntegration>): void {
    const integration = integrations.get(route.functionName);
    if (!integration)
      throw new Error(
        `The route ${route.method} ${route.path} names ${route.functionName}, which is no function of the API.`,
      );
    const added = this.api.addRoutes({
      path: route.path,
      methods: [HttpMethod[route.method]],
      integration,
      ...(route.guard === 'open' ? {} : { authorizer: guards[route.guard] }),
    });
    if (route.guard !== 'open') return;
    for (const open of added) {
      acknowledge(
        open,
        'APIG4',
        'Health, version and documentation are public: they hold nothing of a tenant and a probe has no token.',
      );
    }
  }
}

const corsOf = (origins: readonly string[]) => ({
  allowOrigins: [...origins],
  allowMethods: [
    CorsHttpMethod.GET,
    CorsHttpMethod.POST,
    CorsHttpMethod.PUT,
    CorsHttpMethod.PATCH,
    CorsHttpMethod.DELETE,
  ],
  allowHeaders: ['authorization', 'content-type', 'idempotency-key', 'if-match', 'if-none-match'],
  exposeHeaders: ['location', 'etag', 'retry-after', 'x-request-id', 'idempotency-replayed'],
  maxAge: Duration.hours(1),
});
