import { parseEnv } from '../../../shared/kernel/env.ts';
import { CompensateEnv, compensate } from '../../../shared/provisioning/compensate.ts';
import { compensationDependencies } from '../../../shared/provisioning/removal-dependencies.ts';

export const handler = compensate(compensationDependencies(parseEnv(CompensateEnv)));
