import * as z from 'zod';
import type { Agent } from '../agents/agent.ts';
import { versionPrefix } from '../building/building.ts';
import type { AgentPackage, PackagedAgent } from '../building/package-agent.ts';
import { nowSeconds } from '../kernel/clock.ts';
import { text } from '../kernel/env.ts';
import type { KnowledgeBase } from '../knowledge/knowledge-base.ts';
import type { KnowledgeBaseStore } from '../knowledge/knowledge-base-store.ts';
import { FEED_ENV } from '../live/feed-env.ts';
import { type AgentRoles, type AgentScope, agentAllowances, type SpeechScope } from './agent-roles.ts';
import { AGENT_PACKAGE, isDeployed, runtimeConfiguration, speaks } from './agent-runtime-settings.ts';
import type { AgentRuntimes, RuntimeConfiguration, RuntimeState } from './agent-runtimes.ts';
import { AGENT_MODULE, digestOf, readApproval, textOf } from './builds.ts';
import { NotSettled, PermanentFailure, RunSuperseded } from './failures.ts';
import { requireKnowledgeBase } from './knowledge-of-agent.ts';
import type { Objects } from './objects.ts';
import { PROVISIONING, provisioningTask, settled, type TaskDeps, type TaskHandler } from './provisioning-task.ts';
import { clientToken, LIVE_ENDPOINT, resourceTags, roleName, runtimeName } from './resource-names.ts';
import { TaskInput, type TaskOutput } from './task-contract.ts';

export const DeployAgentCoreEnv = z.object({
  ...FEED_ENV,
  AGENTS_TABLE: text,
  KNOWLEDGE_BASES_TABLE: text,
  CODE_BUCKET: text,
  KNOWLEDGE_BUCKET: text,
  AGENT_ROLE_PATH: text,
  AGENT_BOUNDARY_ARN: text,
  AGENT_MODEL_ID: text,
  SPEECH_MODEL_ID: text,
  KEEP_CALL_FUNCTION: text,
  PROVIDER_FUNCTION: text,
  STAGE: text,
  RESOURCE_PREFIX: text,
  ENVIRONMENT: text,
  KNOWLEDGE_ISOLATION: z.enum(['dedicated', 'shared']),
});

/** Where this function runs; the account is read from the boundary's ARN. */
export type Home = Pick<AgentScope, 'partition' | 'region' | 'accountId'>;

export const homeOf = (boundaryArn: string, region: string): Home => {
  const [, partition = '', , , accountId = ''] = boundaryArn.split(':');
  return { partition, region, accountId };
};

export interface DeployAgentCoreDeps extends TaskDeps {
  readonly knowledgeBases: KnowledgeBaseStore;
  readonly code: Objects;
  readonly roles: AgentRoles;
  readonly runtimes: AgentRuntimes;
  /** The prebuilt host. */
  readonly runtimeFiles: () => Promise<AgentPackage['runtimeFiles']>;
  readonly packageAgent: (parts: AgentPackage) => PackagedAgent;
  readonly home: Home;
  readonly settings: z.output<typeof DeployAgentCoreEnv>;
}

type Output = TaskOutput<'DeployAgentCore'>;

/** Packs the approved files, gives the agent its role, and makes its runtime or a new version of it. */
export const deployAgentCore = (deps: DeployAgentCoreDeps): TaskHandler<Output> =>
  provisioningTask({ step: 'DeployAgentCore', input: TaskInput, ...PROVISIONING }, deps, async ({ input, agent }) => {
    const knowledgeBase = await requireKnowledgeBase(deps.knowledgeBases, agent);
    await storePackage(deps, input, agent);
    const roleArn = await deps.roles.ensure(roleOf(deps, agent, knowledgeBase));
    const wanted = runtimeConfiguration({
      agent,
      version: input.version,
      knowledgeBase,
      codeBucket: deps.code.bucket,
      roleArn,
      modelId: deps.settings.AGENT_MODEL_ID,
      region: deps.home.region,
      providerFunction: deps.settings.PROVIDER_FUNCTION,
      speech: speechOf(deps),
    });
    const runtime = await deployed(deps, input, agent, wanted);
    if (agent.activeVersion === undefined) await keepRuntime(deps, input, runtime);
    const { agentRuntimeId, agentRuntimeVersion } = runtime;
    return settled<Output>({ agentRuntimeId, agentRuntimeVersion });
  });

const storePackage = async (deps: DeployAgentCoreDeps, input: TaskInput, agent: Agent): Promise<void> => {
  const { code, settings } = deps;
  const prefix = versionPrefix(input);
  const { zip } = deps.packageAgent(await approvedFiles(deps, input));
  const [stored] = await code.list(`${prefix}${AGENT_PACKAGE}`);
  // Equal files give equal bytes. A zip that is there may be in use by AgentCore: it is not written again.
  if (stored?.sizeBytes === zip.byteLength && digestOf((await code.read(stored.key)) ?? '') === digestOf(zip)) return;
  const tags = resourceTags(agent, settings.ENVIRONMENT, 'generated-code');
  await code.write(`${prefix}${AGENT_PACKAGE}`, zip, { contentType: 'application/zip', tags });
};

/** Throws unless every file is byte for byte what the code checker approved. */
const approvedFiles = async (deps: DeployAgentCoreDeps, input: TaskInput): Promise<AgentPackage> => {
  const approval = await readApproval(deps.code, input);
  if (approval === undefined) {
    throw new PermanentFailure(
      'CodeRejected',
      'There is no approved code for this version: retry to have it built again.',
    );
  }
  const read = async (name: string): Promise<string> => {
    const bytes = await deps.code.read(`${versionPrefix(input)}${name}`);
    if (bytes === undefined || digestOf(bytes) !== approval.digests[name]) {
      throw new PermanentFailure(
        'CodeRejected',
        `${name} has changed since the code checker approved it: update the agent to have it built again.`,
      );
    }
    return textOf(bytes);
  };
  return {
    runtimeFiles: await deps.runtimeFiles(),
    agentModule: await read(AGENT_MODULE),
    prompt: await read('prompt.md'),
    specification: await read('spec.json'),
  };
};

const roleOf = ({ home, settings, code }: DeployAgentCoreDeps, agent: Agent, { bedrock }: KnowledgeBase) => ({
  roleName: roleName(settings.RESOURCE_PREFIX, agent.agentId),
  tags: resourceTags(agent, settings.ENVIRONMENT, 'agent-role'),
  allowances: agentAllowances({
    ...home,
    userId: agent.userId,
    agentId: agent.agentId,
    codeBucket: code.bucket,
    knowledgeBucket: settings.KNOWLEDGE_BUCKET,
    bedrockKnowledgeBaseId: bedrock?.bedrockKnowledgeBaseId,
    modelId: settings.AGENT_MODEL_ID,
    runtimeName: runtimeName(settings.STAGE, agent.agentId),
    providerFunction: settings.PROVIDER_FUNCTION,
    speech: speaks(agent) ? speechOf({ settings }) : undefined,
  }),
});

const speechOf = ({ settings }: Pick<DeployAgentCoreDeps, 'settings'>): SpeechScope => ({
  speechModelId: settings.SPEECH_MODEL_ID,
  keepCallFunction: settings.KEEP_CALL_FUNCTION,
});

const deployed = async (
  { runtimes, settings }: DeployAgentCoreDeps,
  { version, run }: TaskInput,
  agent: Agent,
  wanted: RuntimeConfiguration,
): Promise<RuntimeState> => {
  const name = runtimeName(settings.STAGE, agent.agentId);
  const known = agent.runtime && (await runtimes.describe(agent.runtime.agentRuntimeId));
  const tags = resourceTags(agent, settings.ENVIRONMENT, 'agent-runtime');
  const current =
    known ?? (await runtimes.ensure(name, { ...wanted, tags, token: clientToken('runtime', name, version, run) }));
  if (current.status === 'deleting') throw new NotSettled(`The former runtime ${name} is still being deleted.`);
  // One that could not be made is left to the check, which fails the run; only a failed update may be asked for again.
  if (current.status === 'create-failed') return current;
  if (current.status !== 'update-failed' && isDeployed(current.configuration, wanted)) return current;
  if (current.status === 'under-way') throw new NotSettled(`The runtime ${name} is still being changed.`);
  return runtimes.update(current.agentRuntimeId, { ...wanted, token: clientToken('runtime', name, version, run) });
};

/** The first version's runtime is known from here on, so that nothing of it can be forgotten. Later ones stay unknown until they serve. */
const keepRuntime = async (
  { agents, clock, settings }: DeployAgentCoreDeps,
  input: TaskInput,
  { agentRuntimeId, agentRuntimeArn, agentRuntimeVersion }: RuntimeState,
): Promise<void> => {
  const runtime = {
    agentRuntimeId,
    agentRuntimeArn,
    agentRuntimeVersion,
    endpointName: LIVE_ENDPOINT,
    roleName: roleName(settings.RESOURCE_PREFIX, input.agentId),
  };
  const { written } = await agents.update(input, { runtime }, { now: nowSeconds(clock), guard: { run: input.run } });
  if (!written) throw new RunSuperseded(`Run ${input.run} of agent ${input.agentId} is no longer wanted.`);
};
