import { ArnFormat, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { StageConfig } from '../config.ts';
import type { Grantee } from '../kernel/oratio-function.ts';
import type { ProviderKeysKey } from '../providers/provider-keys-key.ts';

const wildcardReason = 'AgentCore appends ten random characters to the name of a runtime; endpoints lie below it.';

export interface AgentRuntimesProps {
  readonly config: StageConfig;
  readonly providerKeysKey: ProviderKeysKey;
}

/** The runtimes the workflow makes, one an agent, all named `o_{stage}_…`. */
export class AgentRuntimes extends Construct {
  readonly #arn: string;
  readonly #identities: readonly string[];
  readonly #props: AgentRuntimesProps;

  constructor(scope: Construct, id: string, props: AgentRuntimesProps) {
    super(scope, id);
    const { config } = props;
    this.#props = props;
    const arn = (resource: string, resourceName: string) =>
      Stack.of(this).formatArn({ service: 'bedrock-agentcore', resource, resourceName });
    this.#arn = arn('runtime', `o_${config.stage}_*`);
    this.#identities = [
      arn('workload-identity-directory', 'default'),
      arn('workload-identity-directory', `default/workload-identity/o_${config.stage}_*`),
    ];
  }

  /** Creating also makes the endpoint DEFAULT and a workload identity, which AgentCore counts as the caller's doing. */
  grantDeploy(fn: Grantee): void {
    fn.allow(['bedrock-agentcore:CreateAgentRuntime'], ['*'], { wildcardReason: 'A new runtime has no ARN yet.' });
    fn.allow(['bedrock-agentcore:CreateWorkloadIdentity'], this.#identities, { wildcardReason });
    this.#grantList(fn);
    this.grant(fn, 'UpdateAgentRuntime', 'GetAgentRuntime', 'CreateAgentRuntimeEndpoint', 'TagResource');
  }

  grant(fn: Grantee, ...actions: readonly string[]): void {
    fn.allow(
      actions.map((action) => `bedrock-agentcore:${action}`),
      [this.#arn],
      { wildcardReason },
    );
  }

  /** To put questions to agents, with the language model that their owners chose and its key, sealed. */
  grantAsking(fn: Grantee): void {
    const { config, providerKeysKey } = this.#props;
    this.grant(fn, 'InvokeAgentRuntime');
    fn.provide('RESOURCE_PREFIX', config.prefix);
    const secrets = Stack.of(this).formatArn({
      service: 'secretsmanager',
      resource: 'secret',
      resourceName: `${config.prefix}/tenants/*`,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    fn.allow(['secretsmanager:GetSecretValue'], [secrets], {
      wildcardReason: 'Each agent may have a secret with keys of providers, named after tenant and agent.',
    });
    providerKeysKey.grantRead(fn);
    providerKeysKey.grantSealing(fn);
  }

  /**
   * What takes a runtime and its endpoint down, found by its name where no row knows its id yet. Its workload identity
   * goes with it, which AgentCore again counts as the caller's doing.
   */
  grantRemove(fn: Grantee): void {
    this.#grantList(fn);
    fn.allow(['bedrock-agentcore:DeleteWorkloadIdentity'], this.#identities, { wildcardReason });
    this.grant(fn, 'GetAgentRuntime', 'DeleteAgentRuntime', 'GetAgentRuntimeEndpoint', 'DeleteAgentRuntimeEndpoint');
  }

  /** Finding a runtime by its name needs the list, which knows no narrower resource. */
  #grantList(fn: Grantee): void {
    fn.allow(['bedrock-agentcore:ListAgentRuntimes'], ['*'], { wildcardReason: 'A list has no resource to name.' });
  }
}
