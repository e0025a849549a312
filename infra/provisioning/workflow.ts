import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ArnFormat, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { DefinitionBody, LogLevel, StateMachine, StateMachineType } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { StageConfig } from '../config.ts';
import { acknowledgeWildcards } from '../kernel/acknowledge.ts';
import type { OratioFunction } from '../kernel/oratio-function.ts';
import { STATE_MACHINES_DIR } from '../paths.ts';

export interface WorkflowProps {
  readonly config: StageConfig;
  /** Name of the state machine and of its file: `provision-agent`. */
  readonly name: string;
  /** The variable a function finds the state machine's ARN in. */
  readonly variable: string;
  /** The function of each Task state, by the state's name. */
  readonly tasks: Readonly<Record<string, OratioFunction>>;
}

/** A state machine from `statemachines/`, allowed to invoke the functions of its tasks and nothing else. */
export class Workflow extends Construct {
  readonly stateMachine: StateMachine;
  readonly #name: string;
  readonly #variable: string;

  constructor(scope: Construct, id: string, { config, name, variable, tasks }: WorkflowProps) {
    super(scope, id);
    this.#name = `${config.prefix}-${name}`;
    this.#variable = variable;
    this.stateMachine = new StateMachine(this, 'StateMachine', {
      stateMachineName: this.#name,
      stateMachineType: StateMachineType.STANDARD,
      definitionBody: DefinitionBody.fromString(definitionOf(name)),
      definitionSubstitutions: {
        PollSeconds: String(config.pollSeconds),
        ...Object.fromEntries(Object.entries(tasks).map(([state, fn]) => [`${state}Arn`, fn.lambda.functionArn])),
      },
      tracingEnabled: true,
      logs: {
        destination: new LogGroup(this, 'Logs', {
          // Vended logs share one resource policy of 5,120 characters; this prefix is exempt from growing it.
          logGroupName: `/aws/vendedlogs/states/${config.prefix}-${name}`,
          retention: config.logRetentionDays,
          removalPolicy: RemovalPolicy.DESTROY,
        }),
        level: LogLevel.ALL,
        includeExecutionData: false,
      },
    });
    // Not grantInvoke: it would also allow every version and alias, and the states name the function itself.
    this.stateMachine.addToRolePolicy(
      new PolicyStatement({
        actions: ['lambda:InvokeFunction'],
        resources: [...new Set(Object.values(tasks))].map((fn) => fn.lambda.functionArn),
      }),
    );
    acknowledgeWildcards(this.stateMachine.role, ['*'], 'Log delivery and X-Ray have no resource to name.');
  }

  /** Gives the state machine's ARN and the right to start it. */
  grantStart(fn: OratioFunction): void {
    fn.provide(this.#variable, this.stateMachine.stateMachineArn);
    fn.allow(['states:StartExecution'], [this.stateMachine.stateMachineArn]);
  }

  /** Gives the state machine's ARN and the right to look at and stop its executions. */
  grantStop(fn: OratioFunction): void {
    const executions = Stack.of(this).formatArn({
      service: 'states',
      resource: 'execution',
      resourceName: `${this.#name}:*`,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    fn.provide(this.#variable, this.stateMachine.stateMachineArn);
    fn.allow(['states:StopExecution'], [executions], {
      wildcardReason: 'An execution is named after its agent and run.',
    });
  }
}

/** The definition without white space: a template holds at most 1 MB, and a definition as text counts. */
const definitionOf = (name: string): string =>
  JSON.stringify(JSON.parse(readFileSync(join(STATE_MACHINES_DIR, `${name}.asl.json`), 'utf8')));
