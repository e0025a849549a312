import { Stack } from 'aws-cdk-lib';
import { ManagedPolicy } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { StageConfig } from '../config.ts';
import { acknowledgeWildcards } from '../kernel/acknowledge.ts';
import { functionArn, type OratioFunction } from '../kernel/oratio-function.ts';
import { type Permission, statementOf, wildcardsOf } from '../kernel/service-role.ts';
import { speakToProviderName } from '../providers/speak-to-provider-name.ts';
import type { Stores } from '../stores/stores.ts';
import { keepCallName } from '../voice/voice-names.ts';
import { allModelArns, runtimeLogging } from './agent-permissions.ts';

const wildcardReason = 'The workflow makes a role an agent, named after it, under a path of their own.';

export interface AgentRolesProps {
  readonly config: StageConfig;
  readonly stores: Stores;
  readonly knowledgeBasesArn: string;
}

/**
 * The roles the workflow makes, one an agent: where they live, and the most any of them can ever do.
 * The boundary bounds even a deployer gone wrong; each role's own policy narrows it to one agent.
 */
export class AgentRoles extends Construct {
  readonly #path: string;
  readonly #rolesArn: string;
  /** What IAM takes a role of this name for when there is none: it cannot know the path of what does not exist. */
  readonly #absentRolesArn: string;
  readonly #boundaryArn: string;
  readonly #keepCall: string;
  readonly #speakToProvider: string;

  constructor(scope: Construct, id: string, { config, stores, knowledgeBasesArn }: AgentRolesProps) {
    super(scope, id);
    this.#keepCall = keepCallName(config);
    this.#speakToProvider = speakToProviderName(config);
    this.#path = `/oratio/${config.stage}/agents/`;
    this.#rolesArn = Stack.of(this).formatArn({
      service: 'iam',
      region: '',
      resource: 'role',
      resourceName: `oratio/${config.stage}/agents/${config.prefix}-agent-*`,
    });
    this.#absentRolesArn = Stack.of(this).formatArn({
      service: 'iam',
      region: '',
      resource: 'role',
      resourceName: `${config.prefix}-agent-*`,
    });
    const permissions: Permission[] = [
      ...runtimeLogging(this),
      {
        actions: ['s3:GetObject'],
        resources: [stores.code, stores.knowledge].map((store) => store.bucket.arnForObjects('*')),
      },
      { actions: ['s3:ListBucket'], resources: [stores.knowledge.bucket.bucketArn] },
      { actions: ['bedrock:Retrieve'], resources: [knowledgeBasesArn] },
      {
        actions: [
          'bedrock:InvokeModel',
          'bedrock:InvokeModelWithResponseStream',
          'bedrock:InvokeModelWithBidirectionalStream',
        ],
        // Agents keep the model they were made with when the stage moves on to another.
        resources: allModelArns(this),
      },
      { actions: ['transcribe:StartStreamTranscription', 'polly:SynthesizeSpeech'], resources: ['*'] },
      {
        actions: ['lambda:InvokeFunction'],
        resources: [this.#keepCall, this.#speakToProvider].map((name) => functionArn(this, name)),
      },
    ];
    const boundary = new ManagedPolicy(this, 'Boundary', {
      managedPolicyName: `${config.prefix}-agent-boundary`,
      description: 'The most that the role of any generated agent can do.',
      statements: permissions.map(statementOf),
    });
    acknowledgeWildcards(
      boundary,
      wildcardsOf(permissions),
      'A boundary grants nothing: it is the outer limit of all agents; each role names its own prefix and knowledge base.',
    );
    this.#boundaryArn = boundary.managedPolicyArn;
  }

  /** To make and change roles, but only under the path, only with the boundary, and to hand them to AgentCore alone. */
  grantMake(fn: OratioFunction): void {
    fn.provide('AGENT_ROLE_PATH', this.#path);
    fn.provide('AGENT_BOUNDARY_ARN', this.#boundaryArn);
    fn.provide('KEEP_CALL_FUNCTION', this.#keepCall);
    fn.provide('PROVIDER_FUNCTION', this.#speakToProvider);
    const bounded = { StringEquals: { 'iam:PermissionsBoundary': this.#boundaryArn } };
    const toAgentCore = { StringEquals: { 'iam:PassedToService': 'bedrock-agentcore.amazonaws.com' } };
    fn.allow(['iam:CreateRole', 'iam:PutRolePolicy'], [this.#rolesArn], { conditions: bounded, wildcardReason });
    fn.allow(['iam:GetRole', 'iam:TagRole'], [this.#rolesArn], { wildcardReason });
    fn.allow(['iam:PassRole'], [this.#rolesArn], { conditions: toAgentCore, wildcardReason });
  }

  /** To remove roles, and to see that one is gone. */
  grantRemove(fn: OratioFunction): void {
    fn.provide('AGENT_ROLE_PATH', this.#path);
    fn.allow(['iam:GetRole'], [this.#rolesArn, this.#absentRolesArn], { wildcardReason });
    fn.allow(['iam:DeleteRolePolicy', 'iam:DeleteRole'], [this.#rolesArn], { wildcardReason });
  }
}
