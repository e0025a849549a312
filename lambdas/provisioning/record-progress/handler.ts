import { parseEnv } from '../../../shared/kernel/env.ts';
import { taskDependencies } from '../../../shared/provisioning/real-dependencies.ts';
import { RecordProgressEnv, recordProgress } from '../../../shared/provisioning/record-progress.ts';

export const handler = recordProgress(taskDependencies(parseEnv(RecordProgressEnv)));
