import * as z from 'zod';
import type { Agent } from '../agents/agent.ts';
import type { AgentChange } from '../agents/agent-store.ts';
import { versionPrefix } from '../building/building.ts';
import { text } from '../kernel/env.ts';
import type { KnowledgeBase } from '../knowledge/knowledge-base.ts';
import type { KnowledgeBaseStore } from '../knowledge/knowledge-base-store.ts';
import { FEED_ENV } from '../live/feed-env.ts';
import type { AgentCreator } from './agent-creator.ts';
import { APPROVAL } from './builds.ts';
import { pathsOf } from './check-code.ts';
import { RunSuperseded } from './failures.ts';
import { requireKnowledgeBase } from './knowledge-of-agent.ts';
import type { Objects } from './objects.ts';
import { PROVISIONING, provisioningTask, type TaskDeps, type TaskHandler, waiting } from './provisioning-task.ts';
import { recordFailure } from './record-progress.ts';
import { type KnowledgeRemovalDeps, removeDedicatedKnowledge } from './remove-knowledge.ts';
import { type Removal, type RuntimeRemovalDeps, removeRuntime } from './remove-runtime.ts';
import { knowledgeName, roleName, runtimeName } from './resource-names.ts';
import { settleRun } from './settle-run.ts';
import { stopBuilds } from './stop-builds.ts';
import { CompensateInput, type TaskInput, type TaskOutput } from './task-contract.ts';
import { workInFlight } from './work-in-flight.ts';

export const CompensateEnv = z.object({
  ...FEED_ENV,
  AGENTS_TABLE: text,
  KNOWLEDGE_BASES_TABLE: text,
  CODE_BUCKET: text,
  RESOURCE_PREFIX: text,
  STAGE: text,
  AGENT_ROLE_PATH: text,
  VECTOR_BUCKET_NAME: text,
  AGENT_CREATOR_RUNTIME_ARN: text,
});

export interface CompensateDeps extends TaskDeps, KnowledgeRemovalDeps, RuntimeRemovalDeps {
  readonly knowledgeBases: KnowledgeBaseStore;
  readonly code: Objects;
  readonly creator: AgentCreator;
  readonly settings: Pick<z.output<typeof CompensateEnv>, 'RESOURCE_PREFIX' | 'STAGE'>;
}

type Output = TaskOutput<'Compensate'>;

/** Removes what the unfinished steps of a failed run made, then settles the agent. What finished steps made stays: a retry goes on from there. */
export const compensate = (deps: CompensateDeps): TaskHandler<Output> =>
  provisioningTask(
    { step: 'Compensate', input: CompensateInput, during: PROVISIONING.during },
    deps,
    async ({ input, agent }) => {
      await recordFailure(deps, input);
      const [busy] = workInFlight(agent, 'Compensate', deps.clock.now());
      if (busy !== undefined) return waiting<Output>({ status: 'pending' }, `${busy.step} is still at work.`);
      const knowledgeBase = await requireKnowledgeBase(deps.knowledgeBases, agent);
      const approved = await isApproved(deps.code, input);
      for (const undo of planCompensation(agent, knowledgeBase, approved)) {
        if ((await UNDO[undo](deps, input, agent)) === 'pending') {
          return waiting<Output>({ status: 'pending' }, WORDS[undo]);
        }
      }
      const status = await settleRun(deps, input, (current) => settledAttributes(current, deps.code.bucket));
      if (status === undefined)
        throw new RunSuperseded(`Run ${input.run} of agent ${input.agentId} is no longer wanted.`);
      return { output: { status }, progress: 'recorded' };
    },
  );

const isApproved = async (code: Objects, input: TaskInput): Promise<boolean> =>
  (await code.list(`${versionPrefix(input)}${APPROVAL}`)).length > 0;

export type Undo = 'stop-builds' | 'remove-version' | 'remove-builds' | 'remove-runtime' | 'remove-knowledge';

/**
 * What is to be undone. A first version's runtime and knowledge base go unless their steps were done; those of an agent
 * that serves an older version stay, for that version needs them.
 */
export const planCompensation = (
  { activeVersion, provisioning: { steps } }: Pick<Agent, 'activeVersion' | 'provisioning'>,
  { bedrock }: Pick<KnowledgeBase, 'bedrock'>,
  approved: boolean,
): Undo[] => {
  const first = activeVersion === undefined;
  const deploying = steps.DeployAgentCore !== undefined && steps.CheckRuntime?.status !== 'succeeded';
  const plan: readonly (readonly [Undo, boolean])[] = [
    ['stop-builds', steps.InvokeAgentCreator !== undefined && !(approved && steps.CheckCode?.status === 'succeeded')],
    ['remove-runtime', first && deploying],
    ['remove-knowledge', first && bedrock === undefined && steps.ProvisionKnowledgeBase !== undefined],
    ['remove-version', !approved],
    ['remove-builds', approved],
  ];
  return plan.filter(([, needed]) => needed).map(([undo]) => undo);
};

const UNDO: Record<Undo, (deps: CompensateDeps, input: TaskInput, agent: Agent) => Promise<Removal>> = {
  'stop-builds': async ({ creator }, input) => {
    await stopBuilds(creator, input);
    return 'done';
  },
  'remove-runtime': async (deps, _input, agent) => {
    const { RESOURCE_PREFIX, STAGE } = deps.settings;
    return removeRuntime(deps, {
      agentRuntimeId: agent.runtime?.agentRuntimeId,
      name: runtimeName(STAGE, agent.agentId),
      roleName: roleName(RESOURCE_PREFIX, agent.agentId),
    });
  },
  'remove-knowledge': (deps, { agentId }) =>
    removeDedicatedKnowledge(deps, { bedrock: undefined, name: knowledgeName(deps.settings.RESOURCE_PREFIX, agentId) }),
  'remove-version': async ({ code }, input) => {
    await code.erase(versionPrefix(input));
    return 'done';
  },
  'remove-builds': async ({ code }, input) => {
    await code.erase(`${versionPrefix(input)}builds/`);
    return 'done';
  },
};

const WORDS: Record<Undo, string> = {
  'stop-builds': 'Stopping the AgentCreator.',
  'remove-runtime': 'Waiting until AgentCore has removed the unfinished runtime.',
  'remove-knowledge': 'Waiting until Bedrock has removed the unfinished knowledge base.',
  'remove-version': 'Removing the unfinished code.',
  'remove-builds': 'Removing what the builds left.',
};

/** What the row says of code and runtime must be true again: of the version that serves, or of none. */
const settledAttributes = (agent: Agent, codeBucket: string): AgentChange => {
  if (agent.activeVersion !== undefined) return pathsOf(codeBucket, { ...agent, version: agent.activeVersion });
  const { steps } = agent.provisioning;
  const runtimeGone = steps.DeployAgentCore !== undefined && steps.CheckRuntime?.status !== 'succeeded';
  return runtimeGone ? { runtime: null } : {};
};
