import * as control from '../../../shared/control/control-call.ts';
import { controlCallDependencies } from '../../../shared/control/control-dependencies.ts';
import { CONTROL_OPERATIONS } from '../../../shared/control/control-operations.ts';
import { httpLambda } from '../../../shared/http/http-lambda.ts';
import { parseEnv } from '../../../shared/kernel/env.ts';

const deps = controlCallDependencies(parseEnv(control.ControlCallEnv));
export const handler = httpLambda(CONTROL_OPERATIONS)({
  ...control.callCommands(deps),
  patchCallContext: control.patchCallContext(deps),
  releaseCallController: control.releaseCallController(deps),
});
