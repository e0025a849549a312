import { SFNClient, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { ignoring } from './aws-errors.ts';
import type { Executions } from './executions.ts';

/** Executions in Step Functions. */
export const sfnExecutions = (
  { PROVISION_STATE_MACHINE_ARN }: { readonly PROVISION_STATE_MACHINE_ARN: string },
  client = new SFNClient({}),
): Executions => ({
  stop: async (name, cause) => {
    const executionArn = `${PROVISION_STATE_MACHINE_ARN.replace(':stateMachine:', ':execution:')}:${name}`;
    const command = new StopExecutionCommand({ executionArn, error: 'Superseded', cause });
    await ignoring('ExecutionDoesNotExist', client.send(command));
  },
});
