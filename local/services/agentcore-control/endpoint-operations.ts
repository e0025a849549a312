import type * as client from '@aws-sdk/client-bedrock-agentcore-control';
import { conflict, matching, onceByToken, page, required, validation } from '../bedrock/common.ts';
import { type ControlDependencies, type ControlHandlers, requireReady } from './runtime-operations.ts';
import { DEFAULT_ENDPOINT, liveVersionOf, type RuntimeStore, type StoredEndpoint } from './runtime-store.ts';

const ENDPOINT_NAME = /^[a-zA-Z][a-zA-Z0-9_]{0,47}$/;

/** Create, read, update, delete and list the endpoints of a runtime. */
export const endpointOperations = (dependencies: ControlDependencies): ControlHandlers => {
  const { store, context, endpointMs } = dependencies;
  const describe = (endpoint: StoredEndpoint) => describeEndpoint(store, endpoint, context.clock.now());
  return {
    CreateAgentRuntimeEndpoint: async ({ clientToken, ...input }) => {
      const request = { operation: `CreateAgentRuntimeEndpoint/${input.agentRuntimeId}`, clientToken, input };
      const name = await onceByToken(store.records, request, () => createEndpoint(dependencies, input));
      const made = describe(store.requireEndpoint(input.agentRuntimeId ?? '', name));
      return {
        targetVersion: made.targetVersion,
        agentRuntimeEndpointArn: made.agentRuntimeEndpointArn,
        agentRuntimeArn: made.agentRuntimeArn,
        agentRuntimeId: input.agentRuntimeId,
        endpointName: made.name,
        status: made.status,
        createdAt: made.createdAt,
      };
    },
    GetAgentRuntimeEndpoint: (input) => {
      const runtime = store.requireRuntime(input.agentRuntimeId);
      return describe(store.requireEndpoint(runtime.id, input.endpointName));
    },
    ListAgentRuntimeEndpoints: (input) => {
      const runtime = store.requireRuntime(input.agentRuntimeId);
      const { items, nextToken } = page(store.endpoints(runtime.id), input);
      return { runtimeEndpoints: items.map(describe), nextToken };
    },
    UpdateAgentRuntimeEndpoint: (input) => {
      const runtime = store.requireRuntime(input.agentRuntimeId);
      const endpoint = requireOwn(store.requireEndpoint(runtime.id, input.endpointName));
      const now = context.clock.now();
      const { status } = describe(endpoint);
      if (status !== 'READY') throw conflict(`Endpoint ${endpoint.name} is in status ${status}.`);
      const version = Number(input.agentRuntimeVersion ?? endpoint.targetVersion);
      store.requireVersion(runtime.id, version);
      const updated: StoredEndpoint = {
        ...endpoint,
        description: input.description ?? endpoint.description,
        formerVersion: liveVersionOf(endpoint, now),
        targetVersion: version,
        updatedAt: now,
        readyAt: now + endpointMs,
      };
      store.putEndpoint(updated);
      return describe(updated);
    },
    DeleteAgentRuntimeEndpoint: (input) => {
      const runtime = store.requireRuntime(input.agentRuntimeId);
      const endpoint = requireOwn(store.requireEndpoint(runtime.id, input.endpointName));
      store.putEndpoint({ ...endpoint, goneAt: endpoint.goneAt ?? context.clock.now() + endpointMs });
      return { status: 'DELETING', agentRuntimeId: runtime.id, endpointName: endpoint.name };
    },
  };
};

type Draft = Omit<client.CreateAgentRuntimeEndpointRequest, 'clientToken'>;

/** Makes an endpoint of a ready runtime; returns its name. */
export const createEndpoint = (dependencies: ControlDependencies, input: Draft): string => {
  const { store, context, endpointMs } = dependencies;
  const runtime = requireReady(store, context, input.agentRuntimeId);
  const name = matching(required(input.name, 'name'), ENDPOINT_NAME, 'name');
  if (store.endpoints(runtime.id).some((endpoint) => endpoint.name === name)) {
    throw conflict(`An endpoint with the name ${name} already exists for agent runtime ${runtime.id}.`);
  }
  const { version } = store.requireVersion(runtime.id, Number(input.agentRuntimeVersion ?? runtime.latestVersion));
  const now = context.clock.now();
  const arn = `${runtime.arn}/runtime-endpoint/${name}`;
  store.putEndpoint({
    runtimeId: runtime.id,
    name,
    id: dependencies.newId(),
    arn,
    description: input.description,
    targetVersion: version,
    createdAt: now,
    updatedAt: now,
    readyAt: now + endpointMs,
  });
  store.tags.add(arn, input.tags);
  return name;
};

const requireOwn = (endpoint: StoredEndpoint): StoredEndpoint => {
  if (endpoint.name === DEFAULT_ENDPOINT) throw validation('The endpoint DEFAULT can be neither updated nor deleted.');
  return endpoint;
};

const describeEndpoint = (store: RuntimeStore, endpoint: StoredEndpoint, now: number) => {
  const isReady = endpoint.readyAt <= now;
  const isNew = endpoint.formerVersion === undefined;
  const settling = isNew ? ('CREATING' as const) : ('UPDATING' as const);
  const liveVersion = isReady || !isNew ? String(liveVersionOf(endpoint, now)) : undefined;
  return {
    name: endpoint.name,
    id: endpoint.id,
    liveVersion,
    targetVersion: String(endpoint.targetVersion),
    agentRuntimeEndpointArn: endpoint.arn,
    agentRuntimeArn: store.requireRuntime(endpoint.runtimeId).arn,
    description: endpoint.description,
    status: endpoint.goneAt !== undefined ? ('DELETING' as const) : isReady ? ('READY' as const) : settling,
    createdAt: new Date(endpoint.createdAt),
    lastUpdatedAt: new Date(endpoint.updatedAt),
  };
};
