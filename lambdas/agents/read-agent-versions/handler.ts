import { AGENT_OPERATIONS } from '../../../shared/agents/agent-operations.ts';
import { getAgentVersion, listAgentVersions, ReadAgentVersionsEnv } from '../../../shared/agents/agent-versions.ts';
import { dynamoAgentStore } from '../../../shared/agents/agents-dynamodb.ts';
import { s3VersionFiles } from '../../../shared/agents/version-files-s3.ts';
import { httpLambda } from '../../../shared/http/http-lambda.ts';
import { parseEnv } from '../../../shared/kernel/env.ts';

const env = parseEnv(ReadAgentVersionsEnv);
const deps = { agents: dynamoAgentStore(env), files: s3VersionFiles(env) };
const useCases = { listAgentVersions: listAgentVersions(deps), getAgentVersion: getAgentVersion(deps) };
export const handler = httpLambda(AGENT_OPERATIONS)(useCases);
