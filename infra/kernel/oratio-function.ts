import { join } from 'node:path';
import { ArnFormat, Duration, RemovalPolicy, Stack, Tags, Token } from 'aws-cdk-lib';
import type { ISecurityGroup, ISubnet } from 'aws-cdk-lib/aws-ec2';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Architecture,
  type CfnFunction,
  Code,
  Function as LambdaFunction,
  Runtime,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct, type IConstruct } from 'constructs';
import type * as z from 'zod';
import type { StageConfig } from '../config.ts';
import { FUNCTIONS_DIR } from '../paths.ts';
import { acknowledgeWildcards } from './acknowledge.ts';

/** Conditions of a statement as IAM writes them: `{ StringEquals: { 'iam:PassedToService': '…' } }`. */
type Conditions = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;

export interface AllowOptions {
  readonly conditions?: Conditions;
  /** Why a resource cannot be named in full: read by whoever reviews the policies. */
  readonly wildcardReason?: string;
}

export interface OratioFunctionProps<Schema extends z.ZodObject> {
  readonly config: StageConfig;
  /** Folder of the handler and of the bundle: `create-agent`. */
  readonly name: string;
  /** The environment the use case demands. Names that no grant supplied fail the synthesis. */
  readonly schema: Schema;
  /** Literal values, typed by the schema; names of resources come with their grants. */
  readonly environment?: Partial<z.input<Schema>>;
  readonly timeout: Duration;
  /** Also decides the share of a CPU: 1,769 MB is one whole. */
  readonly memoryMb?: number;
  /** For functions invoked asynchronously: where an event goes that failed three times. */
  readonly deadLetters?: IQueue;
  /** For functions invoked asynchronously whose event is worth nothing later or a second time: never repeated, dropped at this age. */
  readonly onceWithin?: Duration;
}

/** Whoever may be given names of resources, and the right to use them: a function, or the media container. */
export interface Grantee extends IConstruct {
  readonly provide: (name: string, value: string) => void;
  /** Throws when a resource holds a wildcard and no reason says why it cannot be named in full. */
  readonly allow: (actions: readonly string[], resources: readonly string[], options?: AllowOptions) => void;
}

/**
 * A Lambda of the product: its own role with nothing but what was granted, its own log group,
 * and an environment that is checked against the use case's schema when the app is synthesized.
 */
export class OratioFunction<Schema extends z.ZodObject = z.ZodObject> extends Construct {
  readonly name: string;
  readonly lambda: LambdaFunction;
  readonly #role: Role;
  /** Within the role: as resources of their own, policies would be one in eight of the 500 that a stack may have. */
  readonly #policy = new PolicyDocument();
  #schema: z.ZodObject;
  readonly #environment = new Map<string, string>();

  constructor(scope: Construct, id: string, props: OratioFunctionProps<Schema>) {
    super(scope, id);
    this.name = props.name;
    this.#schema = props.schema;
    const logGroup = new LogGroup(this, 'Logs', {
      logGroupName: `/aws/lambda/${props.config.prefix}-${props.name}`,
      retention: props.config.logRetentionDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.#role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      inlinePolicies: { Own: this.#policy },
    });
    this.allow(['logs:CreateLogStream', 'logs:PutLogEvents'], [logGroup.logGroupArn]);
    this.allow(['xray:PutTraceSegments', 'xray:PutTelemetryRecords'], ['*'], {
      wildcardReason: 'X-Ray segments have no resource to name.',
    });
    if (props.deadLetters) this.allow(['sqs:SendMessage'], [props.deadLetters.queueArn]);
    this.lambda = new LambdaFunction(this, 'Function', {
      functionName: `${props.config.prefix}-${props.name}`,
      code: Code.fromAsset(join(FUNCTIONS_DIR, props.name)),
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: props.memoryMb ?? 512,
      timeout: props.timeout,
      // What the CDK would grant by itself is granted here, so that it makes no policy beside ours.
      role: this.#role.withoutPolicyUpdates(),
      logGroup,
      tracing: Tracing.ACTIVE,
      ...(props.deadLetters === undefined ? {} : { deadLetterQueue: props.deadLetters, retryAttempts: 2 }),
      ...(props.onceWithin === undefined ? {} : { retryAttempts: 0, maxEventAge: props.onceWithin }),
    });
    Tags.of(this.lambda).add('resourceType', 'function');
    for (const [name, value] of Object.entries(props.environment ?? {})) this.provide(name, String(value));
    this.node.addValidation({ validate: () => this.#environmentErrors() });
  }

  /** Hands the function a value; the schema must know its name. */
  provide(name: string, value: string): void {
    this.#environment.set(name, value);
    this.lambda.addEnvironment(name, value);
  }

  /** Lets it have variables that its use case does not know of: of what is around every use case. */
  widen(schema: z.ZodObject): void {
    this.#schema = this.#schema.extend(schema.shape);
  }

  /**
   * Allows exactly these actions on exactly these resources. Throws when a resource holds a wildcard and no reason says
   * why it cannot be named in full.
   */
  allow(actions: readonly string[], resources: readonly string[], options: AllowOptions = {}): void {
    const { conditions, wildcardReason } = options;
    const wild = resources.filter((resource) => resource.includes('*'));
    if (wild.length > 0) {
      if (!wildcardReason) throw new Error(`${this.name}: ${actions.join(', ')} on ${wild.join(', ')} needs a reason.`);
      acknowledgeWildcards(this.#role, wild, wildcardReason);
    }
    this.#policy.addStatements(
      new PolicyStatement({ actions: [...actions], resources: [...resources], ...(conditions ? { conditions } : {}) }),
    );
  }

  /** Moves the function into a network, where it reaches what only members of `group` may, and AWS as before by NAT. */
  enter(subnets: readonly ISubnet[], group: ISecurityGroup): void {
    const cfn = this.lambda.node.defaultChild as CfnFunction;
    cfn.vpcConfig = {
      subnetIds: subnets.map(({ subnetId }) => subnetId),
      securityGroupIds: [group.securityGroupId],
    };
    this.allow(NETWORK_ACTIONS, ['*'], {
      wildcardReason: 'Lambda makes its network interfaces; they have no names yet.',
    });
  }

  #environmentErrors(): string[] {
    const shape = this.#schema.shape;
    const surplus = [...this.#environment.keys()].filter((name) => !(name in shape));
    const wrong = Object.entries(shape).flatMap(([name, field]) => {
      const value = this.#environment.get(name);
      if (value !== undefined && Token.isUnresolved(value)) return [];
      const parsed = (field as z.ZodType).safeParse(value);
      return parsed.success ? [] : [`${name}: ${parsed.error.issues[0]?.message}`];
    });
    return [...surplus.map((name) => `${name} is not in its schema`), ...wrong].map((line) => `${this.name}: ${line}`);
  }
}

/** What a function in a network needs (Lambda developer guide, "Giving Lambda functions access to resources in a VPC"). */
const NETWORK_ACTIONS = [
  'ec2:CreateNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:DeleteNetworkInterface',
  'ec2:AssignPrivateIpAddresses',
  'ec2:UnassignPrivateIpAddresses',
];

export const seconds = (count: number): Duration => Duration.seconds(count);

/** The ARN of a function by its name, for whoever must name it before it is made. */
export const functionArn = (scope: IConstruct, functionName: string): string =>
  Stack.of(scope).formatArn({
    service: 'lambda',
    resource: 'function',
    resourceName: functionName,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
