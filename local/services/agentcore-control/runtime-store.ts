import type {
  CreateAgentRuntimeRequest,
  LifecycleConfiguration,
  NetworkConfiguration,
  ProtocolConfiguration,
} from '@aws-sdk/client-bedrock-agentcore-control';
import type { CloudContext } from '../../core/service.ts';
import { forgetTokens, notFound, type TagStore, tagStore } from '../bedrock/common.ts';

export interface StoredRuntime {
  readonly id: string;
  readonly name: string;
  readonly arn: string;
  readonly latestVersion: number;
  readonly createdAt: number;
  readonly updatedAt: number;
  /** CREATING or UPDATING until then. */
  readonly readyAt: number;
  readonly failureReason?: string | undefined;
  /** DELETING until then, gone afterwards. */
  readonly goneAt?: number;
}

export interface StoredVersion {
  readonly version: number;
  readonly roleArn: string;
  readonly artifact: NonNullable<CreateAgentRuntimeRequest['agentRuntimeArtifact']>;
  /** Where the unpacked zip lies. */
  readonly codeDir: string;
  readonly entryPoint: readonly string[];
  readonly environmentVariables: Readonly<Record<string, string>>;
  readonly networkConfiguration: NetworkConfiguration;
  readonly protocolConfiguration?: ProtocolConfiguration | undefined;
  readonly lifecycle: Required<{ [Name in keyof LifecycleConfiguration]: number }>;
  readonly description?: string | undefined;
  readonly createdAt: number;
}

export interface StoredEndpoint {
  readonly runtimeId: string;
  readonly name: string;
  readonly id: string;
  readonly arn: string;
  readonly description?: string | undefined;
  readonly targetVersion: number;
  /** The version that served before the last update. */
  readonly formerVersion?: number | undefined;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly readyAt: number;
  readonly goneAt?: number;
}

/** The endpoint every runtime has; it follows the newest version. */
export const DEFAULT_ENDPOINT = 'DEFAULT';

export interface RuntimeStore {
  readonly records: ReturnType<CloudContext['store']>;
  readonly tags: TagStore;
  readonly runtimes: () => StoredRuntime[];
  /** Throws `ResourceNotFoundException`. */
  readonly requireRuntime: (id: string | undefined) => StoredRuntime;
  readonly putRuntime: (runtime: StoredRuntime) => void;
  readonly versions: (runtimeId: string) => StoredVersion[];
  /** Throws `ResourceNotFoundException`. */
  readonly requireVersion: (runtimeId: string, version: number) => StoredVersion;
  readonly putVersion: (runtimeId: string, version: StoredVersion) => void;
  readonly endpoints: (runtimeId: string) => StoredEndpoint[];
  /** Throws `ResourceNotFoundException`. */
  readonly requireEndpoint: (runtimeId: string, name: string | undefined) => StoredEndpoint;
  readonly putEndpoint: (endpoint: StoredEndpoint) => void;
  /** Tells that a runtime is being deleted, so that its sessions end. */
  readonly announceDeletion: (runtimeArn: string) => void;
  readonly onDeletion: (listener: (runtimeArn: string) => void) => void;
}

const stores = new WeakMap<object, RuntimeStore>();

/** The one store of runtimes of a cloud: AgentCore's control plane writes it, its data plane reads it. */
export const runtimeStoreOf = (context: CloudContext): RuntimeStore => {
  const known = stores.get(context);
  if (known !== undefined) return known;
  const store = makeRuntimeStore(context);
  stores.set(context, store);
  return store;
};

const versionKey = (runtimeId: string, version: number): string =>
  `version/${runtimeId}/${String(version).padStart(6, '0')}`;

const makeRuntimeStore = (context: CloudContext): RuntimeStore => {
  const records = context.store('agentcore');
  const tags = tagStore(records);
  const listeners: ((runtimeArn: string) => void)[] = [];
  const list = <Value>(prefix: string) => records.list<Value>(prefix).map(({ value }) => value);
  const isGone = ({ goneAt }: { goneAt?: number }) => goneAt !== undefined && goneAt <= context.clock.now();
  const eraseEndpoint = ({ runtimeId, name, arn }: StoredEndpoint) => {
    tags.clear(arn);
    forgetTokens(records, name);
    records.delete(`endpoint/${runtimeId}/${name}`);
  };
  const eraseRuntime = ({ id, arn }: StoredRuntime) => {
    for (const { key } of records.list(`version/${id}/`)) records.delete(key);
    for (const endpoint of list<StoredEndpoint>(`endpoint/${id}/`)) eraseEndpoint(endpoint);
    tags.clear(arn);
    forgetTokens(records, id);
    records.delete(`runtime/${id}`);
  };
  const runtimes = () => {
    const all = list<StoredRuntime>('runtime/');
    for (const runtime of all.filter(isGone)) eraseRuntime(runtime);
    return all.filter((runtime) => !isGone(runtime));
  };
  const endpoints = (runtimeId: string) => {
    const all = list<StoredEndpoint>(`endpoint/${runtimeId}/`);
    for (const endpoint of all.filter(isGone)) eraseEndpoint(endpoint);
    return all.filter((endpoint) => !isGone(endpoint));
  };
  return {
    records,
    tags,
    runtimes,
    requireRuntime: (id) => {
      const runtime = runtimes().find((known) => known.id === id);
      if (runtime === undefined) throw notFound(`Agent runtime ${id} was not found.`);
      return runtime;
    },
    putRuntime: (runtime) => records.put(`runtime/${runtime.id}`, runtime),
    versions: (runtimeId) => list<StoredVersion>(`version/${runtimeId}/`),
    requireVersion: (runtimeId, version) => {
      const found = records.get<StoredVersion>(versionKey(runtimeId, version));
      if (found === undefined) throw notFound(`Version ${version} of agent runtime ${runtimeId} was not found.`);
      return found;
    },
    putVersion: (runtimeId, version) => records.put(versionKey(runtimeId, version.version), version),
    endpoints,
    requireEndpoint: (runtimeId, name) => {
      const endpoint = endpoints(runtimeId).find((known) => known.name === name);
      if (endpoint === undefined) throw notFound(`No endpoint ${name} found for agent runtime ${runtimeId}.`);
      return endpoint;
    },
    putEndpoint: (endpoint) => records.put(`endpoint/${endpoint.runtimeId}/${endpoint.name}`, endpoint),
    announceDeletion: (runtimeArn) => {
      for (const listener of listeners) listener(runtimeArn);
    },
    onDeletion: (listener) => void listeners.push(listener),
  };
};

/** The version an endpoint serves now. */
export const liveVersionOf = (endpoint: StoredEndpoint, now: number): number =>
  endpoint.readyAt <= now ? endpoint.targetVersion : (endpoint.formerVersion ?? endpoint.targetVersion);
