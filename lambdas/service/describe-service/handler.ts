import { httpLambda } from '../../../shared/http/http-lambda.ts';
import { parseEnv } from '../../../shared/kernel/env.ts';
import * as service from '../../../shared/service/describe-service.ts';
import { bundledAssets } from '../../../shared/service/service-assets.ts';

const deps = { env: parseEnv(service.DescribeServiceEnv), assets: bundledAssets() };
const { getHealth, getVersion, getOpenApi, getDocs, getDocsAsset } = service;
const docs = { getOpenApi: getOpenApi(deps), getDocs: getDocs(deps), getDocsAsset: getDocsAsset(deps) };
export const handler = httpLambda({ getHealth: getHealth(), getVersion: getVersion(deps), ...docs });
