import { Construct } from 'constructs';
import type { StageConfig } from '../config.ts';
import { DescribeServiceEnv, ServeTalkEnv } from '../environments.ts';
import { HTTP_TIMEOUT } from '../http/http-timeout.ts';
import { OratioFunction } from '../kernel/oratio-function.ts';

export interface ServiceFunctionsProps {
  readonly config: StageConfig;
  /** `wss://…/live`, as callers reach it. */
  readonly webSocketUrl: string;
}

/** The functions that say how the service is and how it is used, and give the page to talk with; they may touch nothing. */
export class ServiceFunctions extends Construct {
  readonly api: readonly OratioFunction[];

  constructor(scope: Construct, id: string, { config, webSocketUrl }: ServiceFunctionsProps) {
    super(scope, id);
    this.api = [
      new OratioFunction(this, 'DescribeService', {
        config,
        name: 'describe-service',
        schema: DescribeServiceEnv,
        environment: { STAGE: config.stage, COMMIT: config.commit, WEBSOCKET_URL: webSocketUrl },
        timeout: HTTP_TIMEOUT,
      }),
      new OratioFunction(this, 'ServeTalk', {
        config,
        name: 'serve-talk',
        schema: ServeTalkEnv,
        environment: { WEBSOCKET_URL: webSocketUrl },
        timeout: HTTP_TIMEOUT,
      }),
    ];
  }
}
