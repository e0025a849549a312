import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { DeclaredResource, Json, JsonObject, ResourceProvider } from '../../core/service.ts';
import { requireText } from '../../core/text.ts';
import { required } from '../bedrock/common.ts';
import { createEndpoint } from './endpoint-operations.ts';
import {
  type ControlDependencies,
  codeLocationOf,
  createRuntime,
  updateRuntime,
  type VersionDraft,
} from './runtime-operations.ts';
import type { StoredRuntime } from './runtime-store.ts';
import { keepDirectory, unpackZip } from './unpack-code.ts';

/** Runtimes of the synthesized template (the AgentCreator), their code taken from the assembly. */
export const runtimeProviders = (dependencies: ControlDependencies, codeRoot: string): ResourceProvider[] => [
  {
    type: 'AWS::BedrockAgentCore::Runtime',
    ensure: (resource) => ensureRuntime(dependencies, resource, codeRoot),
  },
  {
    type: 'AWS::BedrockAgentCore::RuntimeEndpoint',
    ensure: (resource) => ensureEndpoint(dependencies, resource),
  },
];

const ensureRuntime = async (dependencies: ControlDependencies, resource: DeclaredResource, codeRoot: string) => {
  const { store } = dependencies;
  const declared = draftOf(resource);
  const codeDir = await assemblyCode(declared, resource, codeRoot);
  const name = requireText(
    resource.properties.AgentRuntimeName ?? runtimeSafe(resource.physicalName),
    'AgentRuntimeName',
  );
  const known = store.runtimes().find((runtime) => runtime.name === name);
  const tags = (resource.properties.Tags ?? {}) as Record<string, string>;
  const id =
    known === undefined
      ? await createRuntime(dependencies, { ...declared, agentRuntimeName: name, tags }, codeDir)
      : await updateWhenChanged(dependencies, known, declared, codeDir);
  await settled(dependencies, id);
  const runtime = store.requireRuntime(id);
  const attributes = {
    AgentRuntimeArn: runtime.arn,
    AgentRuntimeId: id,
    AgentRuntimeVersion: String(runtime.latestVersion),
    Status: 'READY',
  };
  return { ref: id, attributes };
};

/** CloudFormation properties with the API's spelling; `ProtocolConfiguration` is a plain name in templates. */
const draftOf = ({ properties }: DeclaredResource): VersionDraft => {
  const { ProtocolConfiguration, EnvironmentVariables, ...rest } = properties;
  const draft = lowerFirst(rest) as unknown as VersionDraft;
  return {
    ...draft,
    ...(typeof ProtocolConfiguration === 'string' && {
      protocolConfiguration: { serverProtocol: ProtocolConfiguration as 'HTTP' },
    }),
    environmentVariables: (EnvironmentVariables ?? {}) as Record<string, string>,
  };
};

const lowerFirst = (value: Json): Json => {
  if (Array.isArray(value)) return value.map(lowerFirst);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [key.charAt(0).toLowerCase() + key.slice(1), lowerFirst(member)]),
  );
};

const assemblyCode = async (draft: VersionDraft, resource: DeclaredResource, codeRoot: string): Promise<string> => {
  const { bucket, key } = codeLocationOf(draft);
  const path = required(resource.assetPath(bucket, key), `asset ${bucket}/${key}`);
  const isDirectory = (await stat(path)).isDirectory();
  return isDirectory ? keepDirectory(path, codeRoot, basename(path)) : unpackZip(await readFile(path), codeRoot);
};

const updateWhenChanged = async (
  dependencies: ControlDependencies,
  runtime: StoredRuntime,
  draft: VersionDraft,
  codeDir: string,
): Promise<string> => {
  const { roleArn, environmentVariables, ...version } = dependencies.store.requireVersion(
    runtime.id,
    runtime.latestVersion,
  );
  const same =
    version.codeDir === codeDir &&
    roleArn === draft.roleArn &&
    JSON.stringify(environmentVariables) === JSON.stringify(draft.environmentVariables);
  return same ? runtime.id : updateRuntime(dependencies, runtime, draft, codeDir);
};

/** A name of a runtime or an endpoint: at most 48 letters, digits and underscores. */
const runtimeSafe = (physicalName: string): string => physicalName.replace(/\W/g, '_').slice(0, 48);

const optionalText = (properties: JsonObject, name: string): string | undefined =>
  properties[name] === undefined ? undefined : requireText(properties[name], name);

const settled = async ({ store, context }: ControlDependencies, id: string): Promise<void> => {
  const waitMs = store.requireRuntime(id).readyAt - context.clock.now();
  if (waitMs > 0) await context.clock.sleep(waitMs);
};

const ensureEndpoint = async (dependencies: ControlDependencies, { properties, physicalName }: DeclaredResource) => {
  const { store } = dependencies;
  const runtime = store.requireRuntime(requireText(properties.AgentRuntimeId, 'AgentRuntimeId'));
  const name = requireText(properties.Name ?? runtimeSafe(physicalName), 'Name');
  if (!store.endpoints(runtime.id).some((endpoint) => endpoint.name === name)) {
    createEndpoint(dependencies, {
      agentRuntimeId: runtime.id,
      name,
      agentRuntimeVersion: optionalText(properties, 'AgentRuntimeVersion'),
      description: optionalText(properties, 'Description'),
    });
  }
  const { arn, id } = store.requireEndpoint(runtime.id, name);
  return { ref: arn, attributes: { AgentRuntimeEndpointArn: arn, AgentRuntimeArn: runtime.arn, Id: id } };
};
