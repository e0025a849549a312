import { httpLambda } from '../../../shared/http/http-lambda.ts';
import { parseEnv } from '../../../shared/kernel/env.ts';
import { DescribeServiceEnv, describeService } from '../../../shared/service/describe-service.ts';
import { bundledAssets } from '../../../shared/service/service-assets.ts';
import { SERVICE_OPERATIONS } from '../../../shared/service/service-operations.ts';

export const handler = httpLambda(SERVICE_OPERATIONS)(
  describeService({ env: parseEnv(DescribeServiceEnv), assets: bundledAssets() }),
);
