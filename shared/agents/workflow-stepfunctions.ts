import { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import type { Workflow } from './workflow.ts';

/** A Standard state machine of Step Functions. */
export const stepFunctionsWorkflow = (stateMachineArn: string, client: SFNClient = new SFNClient({})): Workflow => ({
  executionArn: (name) => `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`,
  start: async (name, input) => {
    try {
      await client.send(new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(input) }));
      return 'started';
    } catch (error) {
      if (error instanceof Error && error.name === 'ExecutionAlreadyExists') return 'closed';
      throw error;
    }
  },
});
