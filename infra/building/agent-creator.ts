import { Stack } from 'aws-cdk-lib';
import { CfnRuntime } from 'aws-cdk-lib/aws-bedrockagentcore';
import { Role } from 'aws-cdk-lib/aws-iam';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import { Construct } from 'constructs';
import { agentCorePrincipal, modelArns, runtimeLogging } from '../agents/agent-permissions.ts';
import type { StageConfig } from '../config.ts';
import type { OratioFunction } from '../kernel/oratio-function.ts';
import type { PrivateBucket } from '../kernel/private-bucket.ts';
import { permit } from '../kernel/service-role.ts';
import { stageTags } from '../kernel/tags.ts';
import { AGENT_CREATOR_DIR } from '../paths.ts';

export interface AgentCreatorProps {
  readonly config: StageConfig;
  readonly code: PrivateBucket;
}

/** The agent that writes agents: one AgentCore runtime for the stage, billed only while it works. */
export class AgentCreator extends Construct {
  readonly #arn: string;

  constructor(scope: Construct, id: string, { config, code }: AgentCreatorProps) {
    super(scope, id);
    const bundle = new Asset(this, 'Code', { path: AGENT_CREATOR_DIR });
    const role = new Role(this, 'Role', { assumedBy: agentCorePrincipal(this) });
    const models = ['bedrock:InvokeModel', 'bedrock:InvokeModelWithResponseStream'];
    const objects = ['s3:GetObject', 's3:PutObject', 's3:PutObjectTagging'];
    permit(
      role,
      [
        ...runtimeLogging(this),
        { actions: ['s3:GetObject'], resources: [bundle.bucket.arnForObjects(bundle.s3ObjectKey)] },
        { actions: models, resources: modelArns(this, config.creatorModelId) },
        { actions: objects, resources: [code.bucket.arnForObjects('*')] },
        { actions: ['s3:ListBucket'], resources: [code.bucket.bucketArn] },
      ],
      'It writes the code of every agent of the stage, whose prefixes are known only when one is built.',
    );
    const runtime = new CfnRuntime(this, 'Runtime', {
      // Not `o_{stage}_…`: what may touch the runtimes of agents must not reach this one.
      agentRuntimeName: `oratio_${config.stage}_creator`,
      description: 'Turns an SOP into the specification, code and prompt of an agent.',
      agentRuntimeArtifact: {
        codeConfiguration: {
          code: { s3: { bucket: bundle.s3BucketName, prefix: bundle.s3ObjectKey } },
          runtime: 'NODE_22',
          entryPoint: ['main.js'],
        },
      },
      roleArn: role.roleArn,
      networkConfiguration: { networkMode: 'PUBLIC' },
      protocolConfiguration: 'HTTP',
      lifecycleConfiguration: { idleRuntimeSessionTimeout: 900, maxLifetime: 3600 },
      // AgentCore is not documented to say which region it runs in, and the SDK must know.
      environmentVariables: {
        MODEL_ID: config.creatorModelId,
        ENVIRONMENT: config.stage,
        AWS_REGION: Stack.of(this).region,
      },
      tags: stageTags(config, 'agent-creator'),
    });
    // AgentCore reads the code with the role at once: its policy must be attached by then.
    runtime.node.addDependency(role);
    this.#arn = runtime.attrAgentRuntimeArn;
  }

  grant(fn: OratioFunction, ...actions: readonly ('InvokeAgentRuntime' | 'StopRuntimeSession')[]): void {
    fn.provide('AGENT_CREATOR_RUNTIME_ARN', this.#arn);
    fn.allow(
      actions.map((action) => `bedrock-agentcore:${action}`),
      [this.#arn, `${this.#arn}/runtime-endpoint/DEFAULT`],
    );
  }
}
