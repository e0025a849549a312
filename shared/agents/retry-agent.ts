import * as z from 'zod';
import type { RequestOf } from '../http/http-lambda.ts';
import type { ApiAnswer } from '../http/request.ts';
import { nowSeconds } from '../kernel/clock.ts';
import { text } from '../kernel/env.ts';
import { agentBusy, agentNotFound, problem, raise } from '../kernel/problems.ts';
import type { KnowledgeFile } from '../knowledge/knowledge-base.ts';
import type { KnowledgeBaseStore } from '../knowledge/knowledge-base-store.ts';
import type { KnowledgeFiles } from '../knowledge/knowledge-files.ts';
import { executionName } from '../provisioning/provisioning.ts';
import { type Agent, isResting } from './agent.ts';
import type { AgentChange } from './agent-store.ts';
import { agentPath } from './agent-views.ts';
import { requestedAgent } from './requested-agent.ts';
import { type Resumption, resumptionOf } from './resume.ts';
import { settle } from './settled.ts';
import { type StartRunDeps, startRun } from './start-run.ts';
import { UPLOAD_SECONDS, uploadForms } from './uploads.ts';

export const RetryAgentEnv = z.object({
  AGENTS_TABLE: text,
  KNOWLEDGE_BASES_TABLE: text,
  KNOWLEDGE_BUCKET: text,
  PROVISION_STATE_MACHINE_ARN: text,
  ENVIRONMENT: text,
});

export interface RetryAgentDeps extends StartRunDeps {
  readonly knowledge: KnowledgeBaseStore;
  readonly files: Pick<KnowledgeFiles, 'uploadForm'>;
}

/** A new run of the same version that goes on where the failed one stopped; files that never arrived get new forms. */
export const retryAgent =
  (deps: RetryAgentDeps) =>
  async (request: RequestOf<'retryAgent'>): Promise<ApiAnswer> => {
    const agent = await settle(deps)(await requestedAgent(deps, request));
    const transition = retryTransition(agent);
    const knowledge = (await deps.knowledge.find(agent.knowledgeBaseId)) ?? raise(agentNotFound(agent.agentId));
    const missing = Object.values(knowledge.files).filter(({ status }) => status === 'awaiting-upload');
    const resumption = resumptionOf(agent.provisioning);
    const expiresAt = nowSeconds(deps.clock) + UPLOAD_SECONDS;
    const written = await deps.agents.transition(
      agent,
      transition,
      nextRun(deps, agent, resumption, missing, expiresAt),
      {
        now: nowSeconds(deps.clock),
        guard: { revision: agent.revision },
      },
    );
    if (!written.written) throw agentBusy(written.current?.status ?? 'deleting', 'retry');
    if (missing.length > 0) {
      const uploads = await uploadForms(deps.files, agent, missing, expiresAt);
      return accepted(request, written.agent, 'Upload the missing files to start provisioning', { uploads });
    }
    const begun = await startRun(deps)(written.agent, resumption.resumeFrom);
    const isBegun = begun.status === 'creating' || begun.status === 'updating';
    return accepted(
      request,
      begun,
      isBegun ? `Resumed from ${resumption.resumeFrom}` : 'The run could not be started; retry again',
    );
  };

const retryTransition = ({ status, provisioning }: Agent): 'rebuild' | 'update' => {
  if (status === 'failed') return 'rebuild';
  if (!isResting(status)) throw agentBusy(status, 'retry');
  if (provisioning.status === 'failed') return 'update';
  throw problem('nothing-to-retry', 'The newest run of this agent succeeded.');
};

const nextRun = (
  { provisioning, clock }: RetryAgentDeps,
  agent: Agent,
  { steps }: Resumption,
  missing: readonly KnowledgeFile[],
  expiresAt: number,
): AgentChange => {
  const { version } = agent;
  const run = agent.provisioning.run + 1;
  const awaits = missing.length > 0;
  return {
    statusReason: null,
    uploads: awaits ? { pending: missing.map(({ path }) => path), expiresAt } : null,
    provisioning: {
      run,
      version,
      status: awaits ? 'awaiting-uploads' : 'running',
      executionArn: provisioning.executionArn(executionName({ agentId: agent.agentId, version, run })),
      startedAtMs: clock.now(),
      endedAtMs: null,
      steps,
    },
  };
};

const accepted = (
  request: RequestOf<'retryAgent'>,
  { agentId, status }: Agent,
  message: string,
  more: Readonly<Record<string, unknown>> = {},
): ApiAnswer => ({
  status: 202,
  headers: { location: agentPath(request, agentId) },
  body: { agentId, status, message, ...more },
});
