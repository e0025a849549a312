import { fileURLToPath } from 'node:url';
import { makeCodeChecker } from '../../../shared/building/code-checker.ts';
import { parseEnv } from '../../../shared/kernel/env.ts';
import { systemClock } from '../../../shared/kernel/real-dependencies.ts';
import { CheckCodeEnv, checkCode } from '../../../shared/provisioning/check-code.ts';
import { checkCodeDependencies } from '../../../shared/provisioning/check-code-dependencies.ts';

const checker = makeCodeChecker(fileURLToPath(new URL('checker-assets', import.meta.url)), systemClock.now);
export const handler = checkCode({ ...checkCodeDependencies(parseEnv(CheckCodeEnv)), checkCode: checker });
