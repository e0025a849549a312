import { type Clock, nowSeconds } from '../kernel/clock.ts';
import type { Log } from '../kernel/log.ts';
import type { KnowledgeFile } from '../knowledge/knowledge-base.ts';
import { executionName, type ProvisioningStep } from '../provisioning/provisioning.ts';
import type { Agent } from './agent.ts';
import type { AgentStore } from './agent-store.ts';
import { failure, failureOf, NOT_STARTED } from './settled.ts';
import { stored } from './uploads.ts';
import type { Workflow } from './workflow.ts';

export interface StartRunDeps {
  readonly agents: AgentStore;
  readonly provisioning: Workflow;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Starts the run that the agent's row already describes. A workflow that cannot be started leaves the agent `failed`
 * (or `active` with its old version) with a reason, to be retried; the agent given back is the one to show.
 */
export const startRun =
  ({ agents, provisioning, clock, log }: StartRunDeps) =>
  async (agent: Agent, resumeFrom?: ProvisioningStep): Promise<Agent> => {
    const { userId, agentId } = agent;
    const { version, run } = agent.provisioning;
    const input = { userId, agentId, version, run, ...(resumeFrom === undefined ? {} : { resumeFrom }) };
    try {
      await provisioning.start(executionName(input), input);
      return agent;
    } catch (error) {
      log('agents.run.not-started', { agentId, version, run }, error);
      const written = await agents.transition(agent, failureOf(agent), failure(NOT_STARTED, clock.now()), {
        now: nowSeconds(clock),
        guard: { run },
      });
      return written.written ? written.agent : (written.current ?? agent);
    }
  };

/** All files are there: one write says so in both rows, then the run that waited for them starts. */
export const beginRun =
  (deps: StartRunDeps) =>
  async (
    agent: Agent,
    arrived: Readonly<Record<string, KnowledgeFile>>,
    resumeFrom?: ProvisioningStep,
  ): Promise<Agent> => {
    const written = await deps.agents.update(
      agent,
      { uploads: null, provisioning: { status: 'running', startedAtMs: deps.clock.now() } },
      {
        now: nowSeconds(deps.clock),
        guard: { run: agent.provisioning.run, runStatus: 'awaiting-uploads' },
        knowledge: { knowledgeBaseId: agent.knowledgeBaseId, change: { files: stored(arrived) } },
      },
    );
    // Not written: somebody else began it, or it was deleted and its teardown removes what was stored.
    return written.written ? startRun(deps)(written.agent, resumeFrom) : (written.current ?? agent);
  };
