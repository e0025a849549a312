import { fileURLToPath } from 'node:url';
import { makeCodeChecker } from '../../../shared/building/code-checker.ts';
import { parseEnv } from '../../../shared/kernel/env.ts';
import { CheckCodeEnv, checkCode } from '../../../shared/provisioning/check-code.ts';
import { s3Objects } from '../../../shared/provisioning/objects-s3.ts';
import { taskDependencies } from '../../../shared/provisioning/real-dependencies.ts';

const [settings, assets] = [parseEnv(CheckCodeEnv), fileURLToPath(new URL('checker-assets', import.meta.url))];
const [deps, code] = [taskDependencies(settings), s3Objects(settings.CODE_BUCKET)];
export const handler = checkCode({ ...deps, code, settings, checkCode: makeCodeChecker(assets, deps.clock.now) });
