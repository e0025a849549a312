/** What a runtime version runs. */
export interface RuntimeConfiguration {
  readonly code: { readonly bucket: string; readonly key: string };
  readonly roleArn: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** A runtime as it is now; version and configuration are those of its newest version. */
export interface RuntimeState {
  readonly agentRuntimeId: string;
  readonly agentRuntimeArn: string;
  readonly agentRuntimeVersion: string;
  readonly status: 'under-way' | 'ready' | 'create-failed' | 'update-failed' | 'deleting' | 'delete-failed';
  readonly failureReason?: string;
  readonly configuration: RuntimeConfiguration;
}

export interface EndpointState {
  /** `under-way` and `ready` are about the target. */
  readonly status: 'under-way' | 'ready' | 'failed' | 'deleting';
  readonly liveVersion?: string;
  readonly targetVersion?: string;
  readonly failureReason?: string;
}

/** AgentCore's runtimes, as provisioning needs them. Removing is idempotent. */
export interface AgentRuntimes {
  /** The runtime of this name, made if there is none. Throws `NotSettled` while AgentCore does not know its role yet. */
  readonly ensure: (
    name: string,
    wanted: RuntimeConfiguration & { readonly tags: Readonly<Record<string, string>>; readonly token: string },
  ) => Promise<RuntimeState>;
  /** Makes a new version. */
  readonly update: (
    agentRuntimeId: string,
    wanted: RuntimeConfiguration & { readonly token: string },
  ) => Promise<RuntimeState>;
  readonly describe: (agentRuntimeId: string) => Promise<RuntimeState | undefined>;
  readonly find: (name: string) => Promise<string | undefined>;
  readonly remove: (agentRuntimeId: string) => Promise<void>;
  readonly describeEndpoint: (agentRuntimeId: string, endpointName: string) => Promise<EndpointState | undefined>;
  /** Nothing happens when the endpoint is there already. */
  readonly createEndpoint: (
    agentRuntimeId: string,
    wanted: {
      readonly endpointName: string;
      readonly agentRuntimeVersion: string;
      readonly tags: Readonly<Record<string, string>>;
    },
  ) => Promise<void>;
  /** The same token moves it once; a move that failed needs another to be tried again. */
  readonly moveEndpoint: (
    agentRuntimeId: string,
    wanted: { readonly endpointName: string; readonly agentRuntimeVersion: string; readonly token: string },
  ) => Promise<void>;
  readonly removeEndpoint: (agentRuntimeId: string, endpointName: string) => Promise<void>;
}
