import { httpLambda } from '../../../shared/http/http-lambda.ts';
import { lambdaAwsContext } from '../../../shared/kernel/aws-context.ts';
import { parseEnv } from '../../../shared/kernel/env.ts';
import { runtimesUrl } from '../../../shared/messages/agent-runtime-agentcore.ts';
import { SERVICE_OPERATIONS } from '../../../shared/service/service-operations.ts';
import { getTalk, getTalkAsset, ServeTalkEnv } from '../../../shared/voice/talk/serve-talk.ts';
import { bundledTalkAssets } from '../../../shared/voice/talk/talk-assets.ts';

const runtimeOrigin = runtimesUrl(lambdaAwsContext());
const deps = { env: parseEnv(ServeTalkEnv), assets: bundledTalkAssets(), runtimeOrigin };
export const handler = httpLambda(SERVICE_OPERATIONS)({ getTalk: getTalk(deps), getTalkAsset: getTalkAsset(deps) });
