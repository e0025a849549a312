import {
  type AgentRuntimeEndpointStatus,
  type AgentRuntimeStatus,
  BedrockAgentCoreControlClient,
  CreateAgentRuntimeCommand,
  CreateAgentRuntimeEndpointCommand,
  DeleteAgentRuntimeCommand,
  DeleteAgentRuntimeEndpointCommand,
  GetAgentRuntimeCommand,
  GetAgentRuntimeEndpointCommand,
  type GetAgentRuntimeResponse,
  paginateListAgentRuntimes,
  UpdateAgentRuntimeCommand,
  UpdateAgentRuntimeEndpointCommand,
} from '@aws-sdk/client-bedrock-agentcore-control';
import type { AgentRuntimes, EndpointState, RuntimeConfiguration, RuntimeState } from './agent-runtimes.ts';
import { ignoring, isNamed } from './aws-errors.ts';
import { NotSettled } from './failures.ts';
import { clientToken } from './resource-names.ts';

const PAGE_SIZE = 100;
/** The file in `agent.zip` that AgentCore starts. */
const ENTRY_POINT = 'main.js';

/** Agent runtimes in Amazon Bedrock AgentCore. */
export const agentCoreRuntimes = (client = new BedrockAgentCoreControlClient({})): AgentRuntimes => ({
  ensure: ensure(client),
  update: async (agentRuntimeId, wanted) => {
    await client.send(
      new UpdateAgentRuntimeCommand({ agentRuntimeId, clientToken: wanted.token, ...settingsOf(wanted) }),
    );
    return requireRuntime(await describe(client, agentRuntimeId), agentRuntimeId);
  },
  describe: (agentRuntimeId) => describe(client, agentRuntimeId),
  find: (name) => find(client, name),
  remove: async (agentRuntimeId) => {
    await ignoring('ResourceNotFoundException', client.send(new DeleteAgentRuntimeCommand({ agentRuntimeId })));
  },
  ...endpoints(client),
});

const endpoints = (
  client: BedrockAgentCoreControlClient,
): Pick<AgentRuntimes, 'describeEndpoint' | 'createEndpoint' | 'moveEndpoint' | 'removeEndpoint'> => ({
  describeEndpoint: async (agentRuntimeId, endpointName) => {
    const command = new GetAgentRuntimeEndpointCommand({ agentRuntimeId, endpointName });
    const found = await ignoring('ResourceNotFoundException', client.send(command));
    if (found === undefined) return undefined;
    return {
      status: ENDPOINT_STATUSES[found.status ?? 'CREATING'],
      ...(found.liveVersion === undefined ? {} : { liveVersion: found.liveVersion }),
      ...(found.targetVersion === undefined ? {} : { targetVersion: found.targetVersion }),
      ...(found.failureReason === undefined ? {} : { failureReason: found.failureReason }),
    };
  },
  createEndpoint: async (agentRuntimeId, { endpointName, agentRuntimeVersion, tags }) => {
    const token = clientToken('endpoint', agentRuntimeId, endpointName);
    const wanted = { agentRuntimeId, name: endpointName, agentRuntimeVersion, tags: { ...tags } };
    const command = new CreateAgentRuntimeEndpointCommand({ ...wanted, clientToken: token });
    await ignoring('ConflictException', client.send(command));
  },
  moveEndpoint: async (agentRuntimeId, { token, ...wanted }) => {
    await client.send(new UpdateAgentRuntimeEndpointCommand({ agentRuntimeId, ...wanted, clientToken: token }));
  },
  removeEndpoint: async (agentRuntimeId, endpointName) => {
    const command = new DeleteAgentRuntimeEndpointCommand({ agentRuntimeId, endpointName });
    await ignoring('ResourceNotFoundException', client.send(command));
  },
});

const ensure =
  (client: BedrockAgentCoreControlClient): AgentRuntimes['ensure'] =>
  async (name, { tags, token, ...wanted }) => {
    try {
      const command = new CreateAgentRuntimeCommand({
        agentRuntimeName: name,
        clientToken: token,
        tags: { ...tags },
        ...settingsOf(wanted),
      });
      const { agentRuntimeId = '' } = await client.send(command);
      return requireRuntime(await describe(client, agentRuntimeId), name);
    } catch (error) {
      if (isRoleUnknown(error)) throw new NotSettled('AgentCore does not know the role yet.');
      if (!isNamed(error, 'ConflictException')) throw error;
      const existing = await find(client, name);
      return requireRuntime(existing === undefined ? undefined : await describe(client, existing), name);
    }
  };

/** IAM's news take seconds to reach AgentCore, which meanwhile refuses the new role as it would a wrong one. */
const isRoleUnknown = (error: unknown): boolean =>
  isNamed(error, 'ValidationException') && /role validation failed|assume/i.test(error.message);

const settingsOf = ({ code, roleArn, environment }: RuntimeConfiguration) => ({
  agentRuntimeArtifact: {
    codeConfiguration: {
      code: { s3: { bucket: code.bucket, prefix: code.key } },
      runtime: 'NODE_22' as const,
      entryPoint: [ENTRY_POINT],
    },
  },
  roleArn,
  networkConfiguration: { networkMode: 'PUBLIC' as const },
  protocolConfiguration: { serverProtocol: 'HTTP' as const },
  environmentVariables: { ...environment },
});

const requireRuntime = (runtime: RuntimeState | undefined, name: string): RuntimeState => {
  if (runtime === undefined) throw new Error(`AgentCore does not show the runtime ${name} yet.`);
  return runtime;
};

const describe = async (
  client: BedrockAgentCoreControlClient,
  agentRuntimeId: string,
): Promise<RuntimeState | undefined> => {
  const found = await ignoring(
    'ResourceNotFoundException',
    client.send(new GetAgentRuntimeCommand({ agentRuntimeId })),
  );
  return found === undefined ? undefined : stateOf(found);
};

const stateOf = (found: GetAgentRuntimeResponse): RuntimeState => {
  const s3 = found.agentRuntimeArtifact?.codeConfiguration?.code?.s3;
  return {
    agentRuntimeId: found.agentRuntimeId ?? '',
    agentRuntimeArn: found.agentRuntimeArn ?? '',
    agentRuntimeVersion: found.agentRuntimeVersion ?? '',
    status: RUNTIME_STATUSES[found.status ?? 'CREATING'],
    ...(found.failureReason === undefined ? {} : { failureReason: found.failureReason }),
    configuration: {
      code: { bucket: s3?.bucket ?? '', key: s3?.prefix ?? '' },
      roleArn: found.roleArn ?? '',
      environment: found.environmentVariables ?? {},
    },
  };
};

const find = async (client: BedrockAgentCoreControlClient, name: string): Promise<string | undefined> => {
  for await (const page of paginateListAgentRuntimes({ client, pageSize: PAGE_SIZE }, {})) {
    const found = page.agentRuntimes?.find((runtime) => runtime.agentRuntimeName === name);
    if (found !== undefined) return found.agentRuntimeId;
  }
  return undefined;
};

const RUNTIME_STATUSES: Record<AgentRuntimeStatus, RuntimeState['status']> = {
  CREATING: 'under-way',
  UPDATING: 'under-way',
  READY: 'ready',
  CREATE_FAILED: 'create-failed',
  UPDATE_FAILED: 'update-failed',
  DELETING: 'deleting',
  DELETE_FAILED: 'delete-failed',
};

const ENDPOINT_STATUSES: Record<AgentRuntimeEndpointStatus, EndpointState['status']> = {
  CREATING: 'under-way',
  UPDATING: 'under-way',
  READY: 'ready',
  CREATE_FAILED: 'failed',
  UPDATE_FAILED: 'failed',
  DELETING: 'deleting',
  DELETE_FAILED: 'failed',
};
