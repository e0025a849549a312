import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type * as client from '@aws-sdk/client-bedrock-agentcore-control';
import type { Handlers } from '../../core/schema-service.ts';
import type { Call, CloudContext } from '../../core/service.ts';
import { conflict, matching, onceByToken, page, required, validation } from '../bedrock/common.ts';
import { DEFAULT_ENDPOINT, type RuntimeStore, type StoredRuntime, type StoredVersion } from './runtime-store.ts';

export type ControlHandlers = Handlers<typeof client>;

/** Where a version's code lies in S3. */
export interface CodeLocation {
  readonly bucket: string;
  readonly key: string;
}

export interface ControlDependencies {
  readonly context: CloudContext;
  readonly store: RuntimeStore;
  /** Reads and unpacks the code with the caller's permissions; gives the directory. */
  readonly fetchCode: (location: CodeLocation, call: Call) => Promise<string>;
  /** How long a runtime or an endpoint is CREATING, UPDATING or DELETING. */
  readonly runtimeMs: number;
  readonly endpointMs: number;
  /** Throws `ValidationException` for a role AgentCore cannot take. */
  readonly checkRole: (roleArn: string) => void;
  readonly newId: () => string;
}

export type VersionDraft = Pick<
  client.UpdateAgentRuntimeRequest,
  | 'agentRuntimeArtifact'
  | 'roleArn'
  | 'networkConfiguration'
  | 'description'
  | 'protocolConfiguration'
  | 'lifecycleConfiguration'
  | 'environmentVariables'
>;

const RUNTIME_NAME = /^[a-zA-Z][a-zA-Z0-9_]{0,47}$/;
/** Defaults of `LifecycleConfiguration` (AgentCore API reference). */
const IDLE_SECONDS = 900;
const LIFETIME_SECONDS = 28_800;

/** Create, read, update, delete and list runtimes and their versions. */
export const runtimeOperations = (dependencies: ControlDependencies): ControlHandlers => {
  const { store, context, runtimeMs } = dependencies;
  return {
    CreateAgentRuntime: async ({ clientToken, ...input }, call) => {
      const request = { operation: 'CreateAgentRuntime', clientToken, input };
      const id = await onceByToken(store.records, request, async () => {
        checkNewName(store, input.agentRuntimeName);
        const codeDir = await dependencies.fetchCode(codeLocationOf(input), call);
        return createRuntime(dependencies, input, codeDir);
      });
      return describeRuntime(store, context, store.requireRuntime(id));
    },
    UpdateAgentRuntime: async ({ clientToken, ...input }, call) => {
      const request = { operation: 'UpdateAgentRuntime', clientToken, input };
      const id = await onceByToken(store.records, request, async () => {
        const { id } = requireReady(store, context, input.agentRuntimeId);
        const codeDir = await dependencies.fetchCode(codeLocationOf(input), call);
        return updateRuntime(dependencies, requireReady(store, context, id), input, codeDir);
      });
      return describeRuntime(store, context, store.requireRuntime(id));
    },
    GetAgentRuntime: (input) => {
      const runtime = store.requireRuntime(input.agentRuntimeId);
      return describeRuntime(store, context, runtime, Number(input.agentRuntimeVersion ?? runtime.latestVersion));
    },
    ListAgentRuntimes: (input) => {
      const { items, nextToken } = page(store.runtimes(), input);
      return { agentRuntimes: items.map((runtime) => summarize(store, context, runtime)), nextToken };
    },
    ListAgentRuntimeVersions: (input) => {
      const runtime = store.requireRuntime(input.agentRuntimeId);
      const { items, nextToken } = page(store.versions(runtime.id).toReversed(), input);
      const agentRuntimes = items.map(({ version }) => summarize(store, context, runtime, version));
      return { agentRuntimes, nextToken };
    },
    DeleteAgentRuntime: (input) => {
      const runtime = store.requireRuntime(input.agentRuntimeId);
      if (input.agentRuntimeVersion !== undefined) throw validation('The embedded AgentCore deletes whole runtimes.');
      const named = store.endpoints(runtime.id).filter(({ name }) => name !== DEFAULT_ENDPOINT);
      if (named.length > 0) {
        throw conflict(`Agent runtime ${runtime.id} still has the endpoint ${named[0]?.name}. Delete it first.`);
      }
      store.putRuntime({ ...runtime, goneAt: runtime.goneAt ?? context.clock.now() + runtimeMs });
      store.announceDeletion(runtime.arn);
      return { status: 'DELETING', agentRuntimeId: runtime.id };
    },
  };
};

/** Throws `ValidationException` or, for a name that is taken, `ConflictException`. */
const checkNewName = (store: RuntimeStore, agentRuntimeName: string | undefined): string => {
  const name = matching(required(agentRuntimeName, 'agentRuntimeName'), RUNTIME_NAME, 'agentRuntimeName');
  if (store.runtimes().some((runtime) => runtime.name === name)) {
    throw conflict(`An agent runtime with the name ${name} already exists in your account.`);
  }
  return name;
};

/** Makes a runtime with version 1 and the endpoint DEFAULT; returns its id. */
export const createRuntime = async (
  dependencies: ControlDependencies,
  input: VersionDraft & Pick<client.CreateAgentRuntimeRequest, 'agentRuntimeName' | 'tags'>,
  codeDir: string,
): Promise<string> => {
  const { store, context, runtimeMs } = dependencies;
  const now = context.clock.now();
  const version = draftVersion(1, input, codeDir, now);
  dependencies.checkRole(version.roleArn);
  const failureReason = await whyUnstartable(version);
  const name = checkNewName(store, input.agentRuntimeName);
  const id = `${name}-${dependencies.newId()}`;
  const arn = `arn:aws:bedrock-agentcore:${context.region}:${context.accountId}:runtime/${id}`;
  const readyAt = now + runtimeMs;
  store.putVersion(id, version);
  store.putRuntime({ id, name, arn, latestVersion: 1, createdAt: now, updatedAt: now, readyAt, failureReason });
  store.putEndpoint({
    runtimeId: id,
    name: DEFAULT_ENDPOINT,
    id: dependencies.newId(),
    arn: `${arn}/runtime-endpoint/${DEFAULT_ENDPOINT}`,
    targetVersion: 1,
    createdAt: now,
    updatedAt: now,
    readyAt,
  });
  store.tags.add(arn, input.tags);
  return id;
};

/** Adds a version, which DEFAULT follows; returns the runtime's id. */
export const updateRuntime = async (
  { store, context, runtimeMs, checkRole }: ControlDependencies,
  runtime: StoredRuntime,
  input: VersionDraft,
  codeDir: string,
): Promise<string> => {
  const now = context.clock.now();
  const latestVersion = runtime.latestVersion + 1;
  const version = draftVersion(latestVersion, input, codeDir, now);
  checkRole(version.roleArn);
  const failureReason = await whyUnstartable(version);
  const readyAt = now + runtimeMs;
  store.putVersion(runtime.id, version);
  store.putRuntime({ ...runtime, latestVersion, updatedAt: now, readyAt, failureReason });
  const endpoint = store.requireEndpoint(runtime.id, DEFAULT_ENDPOINT);
  store.putEndpoint({
    ...endpoint,
    formerVersion: endpoint.targetVersion,
    targetVersion: latestVersion,
    updatedAt: now,
    readyAt,
  });
  return runtime.id;
};

/** Bucket and key of the code. Throws `ValidationException` for what the embedded AgentCore can't run. */
export const codeLocationOf = ({ agentRuntimeArtifact }: VersionDraft): CodeLocation => {
  const { codeConfiguration } = agentRuntimeArtifact ?? {};
  if (codeConfiguration === undefined) throw validation('The embedded AgentCore runs code configurations only.');
  if (!codeConfiguration.runtime?.startsWith('NODE_')) {
    throw validation(`The embedded AgentCore runs Node.js, not ${codeConfiguration.runtime}.`);
  }
  const { bucket, prefix } = codeConfiguration.code?.s3 ?? {};
  return { bucket: required(bucket, 'code.s3.bucket'), key: required(prefix, 'code.s3.prefix') };
};

const draftVersion = (version: number, input: VersionDraft, codeDir: string, createdAt: number): StoredVersion => ({
  version,
  roleArn: matching(required(input.roleArn, 'roleArn'), /^arn:aws(-[^:]+)?:iam::\d{12}:role\/.+$/, 'roleArn'),
  artifact: required(input.agentRuntimeArtifact, 'agentRuntimeArtifact'),
  codeDir,
  entryPoint: required(input.agentRuntimeArtifact?.codeConfiguration?.entryPoint, 'entryPoint'),
  environmentVariables: input.environmentVariables ?? {},
  networkConfiguration: required(input.networkConfiguration, 'networkConfiguration'),
  protocolConfiguration: input.protocolConfiguration,
  lifecycle: {
    idleRuntimeSessionTimeout: input.lifecycleConfiguration?.idleRuntimeSessionTimeout ?? IDLE_SECONDS,
    maxLifetime: input.lifecycleConfiguration?.maxLifetime ?? LIFETIME_SECONDS,
  },
  description: input.description,
  createdAt,
});

const whyUnstartable = async ({ codeDir, entryPoint }: StoredVersion): Promise<string | undefined> => {
  const entry = entryPoint.at(-1) ?? '';
  const found = await stat(join(codeDir, entry)).catch(() => undefined);
  return found?.isFile() ? undefined : `The entry point ${entry} is not in the code.`;
};

/** Throws `ConflictException` while a runtime is being made, changed or deleted. */
export const requireReady = (
  store: RuntimeStore,
  context: Pick<CloudContext, 'clock'>,
  id: string | undefined,
): StoredRuntime => {
  const runtime = store.requireRuntime(id);
  const status = statusOf(runtime, context.clock.now());
  // A failed update may be repaired by the next one.
  if (status === 'READY' || status === 'UPDATE_FAILED') return runtime;
  throw conflict(`Agent runtime ${id} is in status ${status}; the operation needs READY.`);
};

const statusOf = (runtime: StoredRuntime, now: number): client.AgentRuntimeStatus => {
  if (runtime.goneAt !== undefined) return 'DELETING';
  const isNew = runtime.latestVersion === 1;
  if (runtime.readyAt > now) return isNew ? 'CREATING' : 'UPDATING';
  if (runtime.failureReason !== undefined) return isNew ? 'CREATE_FAILED' : 'UPDATE_FAILED';
  return 'READY';
};

const describeRuntime = (
  store: RuntimeStore,
  context: CloudContext,
  runtime: StoredRuntime,
  versionNumber = runtime.latestVersion,
) => {
  const version = store.requireVersion(runtime.id, versionNumber);
  const identities = `arn:aws:bedrock-agentcore:${context.region}:${context.accountId}:workload-identity-directory/default`;
  return {
    agentRuntimeArn: runtime.arn,
    agentRuntimeName: runtime.name,
    agentRuntimeId: runtime.id,
    agentRuntimeVersion: String(version.version),
    createdAt: new Date(runtime.createdAt),
    lastUpdatedAt: new Date(runtime.updatedAt),
    roleArn: version.roleArn,
    networkConfiguration: version.networkConfiguration,
    status: statusOf(runtime, context.clock.now()),
    lifecycleConfiguration: version.lifecycle,
    failureReason: runtime.failureReason,
    description: version.description,
    workloadIdentityDetails: { workloadIdentityArn: `${identities}/workload-identity/${runtime.id}` },
    agentRuntimeArtifact: version.artifact,
    protocolConfiguration: version.protocolConfiguration,
    environmentVariables: { ...version.environmentVariables },
  };
};

const summarize = (
  store: RuntimeStore,
  context: CloudContext,
  runtime: StoredRuntime,
  version = runtime.latestVersion,
): client.AgentRuntime => ({
  agentRuntimeArn: runtime.arn,
  agentRuntimeId: runtime.id,
  agentRuntimeVersion: String(version),
  agentRuntimeName: runtime.name,
  description: store.requireVersion(runtime.id, version).description ?? '',
  lastUpdatedAt: new Date(runtime.updatedAt),
  status: statusOf(runtime, context.clock.now()),
});
