import type { Agent } from '../agents/agent.ts';
import type { AgentChange, Written } from '../agents/agent-store.ts';
import { resumptionOf } from '../agents/resume.ts';
import { type StartRunDeps, startRun } from '../agents/start-run.ts';
import { nowSeconds } from '../kernel/clock.ts';
import { executionName } from '../provisioning/provisioning.ts';
import type { ChannelStore } from './channel-store.ts';
import { applyPlan, type ChannelsPlan } from './want-channels.ts';

export interface ChannelRunDeps extends StartRunDeps {
  readonly channels: Pick<ChannelStore, 'list' | 'insert' | 'transition'>;
}

/**
 * Begins a run of the version that serves which carries out a plan for channels; `change` is written with it. The
 * agent's row goes first: whoever moves it has the channels to themselves until the run ends.
 */
export const startChannelRun =
  (deps: ChannelRunDeps) =>
  async (agent: Agent, plan: ChannelsPlan, change: AgentChange = {}): Promise<Written> => {
    const run = agent.provisioning.run + 1;
    const written = await deps.agents.transition(
      agent,
      'update',
      { ...change, ...channelRun(deps, agent, run) },
      { now: nowSeconds(deps.clock), guard: { revision: agent.revision } },
    );
    if (!written.written) return written;
    await applyPlan(deps)(agent, run, plan);
    return { written: true, agent: await startRun(deps)(written.agent, 'DeployChannels') };
  };

/** What earlier runs have done of the version stays done. */
const channelRun = ({ provisioning, clock }: ChannelRunDeps, agent: Agent, run: number) => {
  const version = agent.activeVersion ?? agent.version;
  return {
    provisioning: {
      run,
      version,
      status: 'running' as const,
      executionArn: provisioning.executionArn(executionName({ agentId: agent.agentId, version, run })),
      startedAtMs: clock.now(),
      endedAtMs: null,
      steps: stepsBefore(agent),
    },
  };
};

const stepsBefore = ({ provisioning }: Agent) => {
  const {
    PlanChannels: _plan,
    DeployChannels: _deploy,
    ActivateAgent: _activate,
    ...steps
  } = resumptionOf(provisioning).steps;
  return steps;
};
