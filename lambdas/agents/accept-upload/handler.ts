import { AcceptUploadEnv, acceptUpload } from '../../../shared/agents/accept-upload.ts';
import { runDependencies } from '../../../shared/agents/agent-dependencies.ts';
import { parseEnv } from '../../../shared/kernel/env.ts';

export const handler = acceptUpload(runDependencies(parseEnv(AcceptUploadEnv)));
