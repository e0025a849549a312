import type * as z from 'zod';
import { dynamoIdempotencyStore } from '../http/idempotency-dynamodb.ts';
import { jsonLog } from '../kernel/log.ts';
import { randomIds } from '../kernel/real-dependencies.ts';
import { s3KnowledgeFiles } from '../knowledge/knowledge-files-s3.ts';
import type { CreateAgentEnv } from './create-agent.ts';
import { readDependencies } from './read-dependencies.ts';
import type { RetryAgentEnv } from './retry-agent.ts';
import { stepFunctionsWorkflow } from './workflow-stepfunctions.ts';

/** What starting a run needs. */
export const runDependencies = (env: z.output<typeof RetryAgentEnv>) => ({
  ...readDependencies(env),
  files: s3KnowledgeFiles(env),
  provisioning: stepFunctionsWorkflow(env.PROVISION_STATE_MACHINE_ARN),
  log: jsonLog,
});

/** What creating and changing agents needs. */
export const apiAgentDependencies = (env: z.output<typeof CreateAgentEnv>) => ({
  ...runDependencies(env),
  idempotency: dynamoIdempotencyStore(env),
  ids: randomIds,
});
