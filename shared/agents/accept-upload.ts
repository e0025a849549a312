import * as z from 'zod';
import { nowSeconds } from '../kernel/clock.ts';
import { AgentId, UserId } from '../kernel/ids.ts';
import { contentMismatch } from '../knowledge/file-content.ts';
import { extensionOf } from '../knowledge/file-rules.ts';
import type { KnowledgeBase, KnowledgeFile } from '../knowledge/knowledge-base.ts';
import type { KnowledgeBaseStore } from '../knowledge/knowledge-base-store.ts';
import type { KnowledgeFiles } from '../knowledge/knowledge-files.ts';
import type { Agent } from './agent.ts';
import type { AgentKey } from './agent-store.ts';
import { resumptionOf } from './resume.ts';
import { RetryAgentEnv } from './retry-agent.ts';
import { failure, failureOf } from './settled.ts';
import { beginRun, type StartRunDeps, startRun } from './start-run.ts';
import { stored } from './uploads.ts';

export const AcceptUploadEnv = RetryAgentEnv;

/** The part of S3's `Object Created` event that counts; its keys are not URL-encoded. */
const ObjectCreated = z.object({ detail: z.object({ object: z.object({ key: z.string() }) }) });

export interface AcceptUploadDeps extends StartRunDeps {
  readonly knowledge: KnowledgeBaseStore;
  readonly files: Pick<KnowledgeFiles, 'read' | 'remove'>;
}

/**
 * Notes the arrival of a declared file; the last one starts the run. Events come at least once and in any order, so
 * everything here may happen twice. Objects that nobody waits for any more are removed.
 */
export const acceptUpload =
  (deps: AcceptUploadDeps) =>
  async (event: unknown): Promise<void> => {
    const { key, path } = parsedKey(ObjectCreated.parse(event).detail.object.key);
    const agent = await deps.agents.find(key);
    const knowledge = agent === undefined ? undefined : await deps.knowledge.find(agent.knowledgeBaseId);
    const file = knowledge?.files[path];
    if (agent === undefined || knowledge === undefined || file === undefined || agent.status === 'deleting') {
      deps.log('agents.upload.discarded', { agentId: key.agentId });
      return deps.files.remove(key, [path]);
    }
    if (file.status !== 'awaiting-upload') return proceed(deps, agent, knowledge);
    const after = await arrive(deps, agent, file);
    if (after !== undefined) await proceed(deps, agent, after);
  };

const parsedKey = (objectKey: string): { key: AgentKey; path: string } => {
  const [userId, agentId, ...path] = objectKey.split('/');
  return { key: { userId: UserId.parse(userId), agentId: AgentId.parse(agentId) }, path: path.join('/') };
};

/** The knowledge base with the file in it; undefined when there is nothing more to do. */
const arrive = async (
  deps: AcceptUploadDeps,
  agent: Agent,
  file: KnowledgeFile,
): Promise<KnowledgeBase | undefined> => {
  const content = await deps.files.read(agent, file.path);
  // Removed since: there will be another event if it is uploaded again.
  if (content === undefined) return undefined;
  const mismatch = contentMismatch(extensionOf(file.path), content);
  if (mismatch !== undefined) return refuse(deps, agent, file, mismatch);
  const files = stored({ [file.path]: file });
  return deps.knowledge.update(agent.knowledgeBaseId, { files }, { now: nowSeconds(deps.clock) });
};

/** Starts the run that waits for files once none is missing; a start that was interrupted is made up for. */
const proceed = async (deps: AcceptUploadDeps, agent: Agent, { files }: KnowledgeBase): Promise<void> => {
  if (Object.values(files).some(({ status }) => status === 'awaiting-upload')) return;
  const { resumeFrom } = resumptionOf(agent.provisioning);
  if (agent.provisioning.status === 'awaiting-uploads') await beginRun(deps)(agent, {}, resumeFrom);
  // The event came again: starting the same run twice starts it once.
  else if (isUnbegun(agent)) await startRun(deps)(agent, resumeFrom);
};

const isUnbegun = ({ status, provisioning }: Agent): boolean =>
  (status === 'creating' || status === 'updating') &&
  provisioning.status === 'running' &&
  !Object.values(provisioning.steps).some((step) => step.startedAtMs >= (provisioning.startedAtMs ?? 0));

/** A file that is not what its name says is thrown away; the run ends, and a retry gives a new form for it. */
const refuse = async (
  deps: AcceptUploadDeps,
  agent: Agent,
  file: KnowledgeFile,
  mismatch: string,
): Promise<undefined> => {
  await deps.files.remove(agent, [file.path]);
  const reason = { code: 'file-content-mismatch', message: `${file.path}: ${mismatch} Retry to upload it again.` };
  await deps.agents.transition(agent, failureOf(agent), failure(reason, deps.clock.now()), {
    now: nowSeconds(deps.clock),
    guard: { run: agent.provisioning.run },
  });
  return undefined;
};
