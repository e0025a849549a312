import { lambdaAwsContext } from '../kernel/aws-context.ts';
import { type AwsContext, awsRequest } from '../kernel/aws-request.ts';
import type { Workflow } from './workflow.ts';

/** A Standard state machine of Step Functions. */
export const stepFunctionsWorkflow = (stateMachineArn: string, context: AwsContext = lambdaAwsContext()): Workflow => ({
  executionArn: (name) => `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`,
  start: async (name, input) => {
    try {
      await awsRequest(context, {
        service: 'states',
        method: 'POST',
        url: `${context.endpointUrl ?? `https://states.${context.region}.amazonaws.com`}/`,
        headers: {
          'content-type': 'application/x-amz-json-1.0',
          'x-amz-target': 'AWSStepFunctions.StartExecution',
        },
        body: Buffer.from(JSON.stringify({ stateMachineArn, name, input: JSON.stringify(input) })),
      });
      return 'started';
    } catch (error) {
      if (error instanceof Error && error.name === 'ExecutionAlreadyExists') return 'closed';
      throw error;
    }
  },
});
