import { randomUUID } from 'node:crypto';
import * as client from '@aws-sdk/client-sfn';
import { defineSchemaService } from '../../core/schema-service.ts';
import type { AwsService, CloudContext } from '../../core/service.ts';
import { makeExecutions, type StatesDependencies } from './executions.ts';
import type { HistoryEntry } from './interpreter/index.ts';
import { statesNeeds, statesOperations } from './operations.ts';
import { statesStore } from './records.ts';
import { stateMachineProvider } from './state-machine-resource.ts';

export type { StatesDependencies } from './executions.ts';

/** The embedded Step Functions. */
export interface StatesService extends AwsService {
  /** Starts an execution for another service of the cloud (an EventBridge target). Throws as `StartExecution`. */
  readonly startExecution: (stateMachineArn: string, input: string) => void;
  /** State transitions that AWS would bill for an execution: states entered, and retries. */
  readonly transitionsOf: (executionArn: string) => number;
}

/** Step Functions: standard JSONata workflows whose Tasks are Lambda functions. */
export const makeStates = (context: CloudContext, dependencies: StatesDependencies): StatesService => {
  const store = statesStore(context);
  const executions = makeExecutions(context, store, dependencies);
  const operations = statesOperations({ context, store, executions, newName: randomUUID });
  const service = defineSchemaService({
    name: 'states',
    signingName: 'states',
    client,
    targetPrefix: 'AWSStepFunctions',
    operations,
    needs: (operation, input) => statesNeeds(operation, input),
    resources: [stateMachineProvider(context, store)],
    // Ended executions are history, not something left behind: AWS forgets them after 90 days, and nobody can sooner.
    inventory: async () => [...store.machines(), ...store.running()].map(({ arn }) => arn),
    close: executions.suspend,
  });
  return {
    ...service,
    resume: executions.resume,
    startExecution: (arn, input) => {
      const machine = store.machine(arn);
      if (!machine) throw new RangeError(`no state machine ${arn}`);
      executions.start(machine, randomUUID(), input);
    },
    transitionsOf: (arn) => store.history(arn).filter(isTransition).length,
  };
};

const isTransition = ({ type, details }: HistoryEntry): boolean =>
  type.endsWith('StateEntered') || (type.endsWith('Scheduled') && Number(details.retryCount ?? 0) > 0);
