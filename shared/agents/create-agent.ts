import * as z from 'zod';
import type { Channel } from '../channels/channel.ts';
import { newChannel } from '../channels/want-channels.ts';
import { digestOf, type IdempotencyStore, once } from '../http/idempotency.ts';
import type { ApiAnswer, ApiRequest } from '../http/request.ts';
import { nowSeconds } from '../kernel/clock.ts';
import { text } from '../kernel/env.ts';
import type { AgentId } from '../kernel/ids.ts';
import type { Ids } from '../kernel/real-dependencies.ts';
import type { OfferedFile } from '../knowledge/file-rules.ts';
import type { KnowledgeBase } from '../knowledge/knowledge-base.ts';
import type { KnowledgeFiles } from '../knowledge/knowledge-files.ts';
import { type FilesPlan, planFiles } from '../knowledge/plan-files.ts';
import { executionName } from '../provisioning/provisioning.ts';
import type { Agent } from './agent.ts';
import type { CreateAgentBody } from './agent-requests.ts';
import { agentPath } from './agent-views.ts';
import { businessAttributes } from './business-attributes.ts';
import { wantedChannels } from './business-requests.ts';
import { sopFromCharacter } from './sop-template.ts';
import { beginRun, type StartRunDeps, startRun } from './start-run.ts';
import { offeredFiles, STORE_SECONDS, storeFiles, UPLOAD_SECONDS, uploadForms } from './uploads.ts';

export const CreateAgentEnv = z.object({
  AGENTS_TABLE: text,
  KNOWLEDGE_BASES_TABLE: text,
  CHANNELS_TABLE: text,
  IDEMPOTENCY_TABLE: text,
  KNOWLEDGE_BUCKET: text,
  PROVISION_STATE_MACHINE_ARN: text,
  ENVIRONMENT: text,
});

export interface CreateAgentDeps extends StartRunDeps {
  readonly files: KnowledgeFiles;
  readonly idempotency: IdempotencyStore;
  readonly ids: Pick<Ids, 'agent' | 'knowledgeBase'>;
}

/** Whoever asks for an agent, in whichever form. */
export type CreationRequest = ApiRequest<CreateAgentBody>;
type Request = CreationRequest;

/**
 * Makes an agent: rows first, so that nothing is ever stored that no row owns, then the files, then the workflow.
 * Declared files are uploaded by the client; the last one to arrive starts the workflow. `operation` keeps the
 * idempotency keys of one form apart from those of another.
 */
export const createAgent =
  (deps: CreateAgentDeps, operation = 'createAgent') =>
  async (request: CreationRequest): Promise<ApiAnswer> => {
    const offered = offeredFiles(request);
    const plan = planFiles({ offered, descriptions: request.body.folderFileDescriptions });
    return once(deps)(request, {
      operation,
      digest: digestOf(request.body, ...offered.flatMap(({ path, content }) => [path, content ?? null])),
      newId: deps.ids.agent,
      make: (agentId) => make(deps, request, agentId as AgentId, offered, plan),
      remember: withoutForms,
      recall: (answer, agentId) => withFreshForms(deps, request, agentId as AgentId, answer),
    });
  };

const make = async (
  deps: CreateAgentDeps,
  request: Request,
  agentId: AgentId,
  offered: readonly OfferedFile[],
  plan: FilesPlan,
): Promise<ApiAnswer> => {
  const now = nowSeconds(deps.clock);
  const inForm = request.bodyKind === 'multipart';
  const { agent, knowledge } = draft(deps, request, agentId, plan, now + (inForm ? STORE_SECONDS : UPLOAD_SECONDS));
  const channels = wantedChannels(request.body.channels).map((wanted) =>
    newChannel(agent, agent.provisioning.run, wanted, agent.createdAt),
  );
  const isNew = await deps.agents.create(agent, knowledge, channels);
  const standing = isNew ? agent : ((await deps.agents.find(agent)) ?? agent);
  // A request that died on the way is repeated: what it had not reached is done now.
  if (standing.provisioning.status !== 'awaiting-uploads') {
    const begun = isNew || standing.provisioning.status === 'running' ? await startRun(deps)(standing) : standing;
    return accepted(request, begun);
  }
  if (!inForm) {
    const expiresAt = standing.uploads?.expiresAt ?? agent.createdAt;
    const forms = await uploadForms(deps.files, agent, Object.values(plan.added), expiresAt);
    return accepted(request, standing, forms);
  }
  await storeOrUndo(deps, standing, offered, isNew ? channels : undefined);
  return accepted(request, await beginRun(deps)(standing, plan.added));
};

const draft = (
  { provisioning, files, ids, clock }: CreateAgentDeps,
  { userId, body }: Request,
  agentId: AgentId,
  plan: FilesPlan,
  uploadsExpireAt: number,
): { agent: Agent; knowledge: KnowledgeBase } => {
  const now = nowSeconds(clock);
  const key = { userId, agentId };
  const pending = Object.keys(plan.added);
  const execution = executionName({ agentId, version: 1, run: 1 });
  const about = businessAttributes(body);
  const agent: Agent = {
    ...key,
    agentName: body.agentName,
    agentType: body.agentType,
    status: 'creating',
    ...about,
    sop: body.sop ?? sopFromCharacter(about),
    knowledgeBaseId: ids.knowledgeBase(),
    knowledgeBaseDescription: body.knowledgeBaseDescription,
    humanHandoffDescription: body.humanHandoffDescription,
    version: 1,
    provisioning: {
      run: 1,
      version: 1,
      status: pending.length > 0 ? 'awaiting-uploads' : 'running',
      executionArn: provisioning.executionArn(execution),
      startedAtMs: clock.now(),
      steps: {},
    },
    ...(pending.length > 0 ? { uploads: { pending, expiresAt: uploadsExpireAt } } : {}),
    revision: 1,
    createdAt: now,
    updatedAt: now,
  };
  const knowledge: KnowledgeBase = {
    knowledgeBaseId: agent.knowledgeBaseId,
    ...key,
    s3Path: files.location(key),
    status: 'notready',
    folderFileDescriptions: plan.folderFileDescriptions,
    files: plan.added,
    createdAt: now,
    updatedAt: now,
  };
  return { agent, knowledge };
};

/** Files that cannot be stored take their rows with them: the client is told to repeat, and nothing is left behind. */
const storeOrUndo = async (
  { agents, files }: CreateAgentDeps,
  agent: Agent,
  offered: readonly OfferedFile[],
  written: readonly Channel[] | undefined,
): Promise<void> => {
  try {
    await storeFiles(files, agent, offered);
  } catch (error) {
    if (written !== undefined) {
      await files.remove(agent, agent.uploads?.pending ?? []);
      await agents.remove(agent, agent.knowledgeBaseId, written);
    }
    throw error;
  }
};

const MESSAGES: Readonly<Partial<Record<Agent['status'], string>>> = {
  creating: 'Agent creation started',
  failed: 'The agent is stored, but its provisioning could not be started; retry it',
};

type Forms = Awaited<ReturnType<typeof uploadForms>>;

const accepted = (request: Request, agent: Agent, uploads?: Forms): ApiAnswer => {
  const message = uploads === undefined ? MESSAGES[agent.status] : 'Upload the files to start provisioning';
  return {
    status: 202,
    headers: { location: agentPath(request, agent.agentId) },
    body: {
      agentId: agent.agentId,
      status: agent.status,
      message: message ?? `The agent is ${agent.status}`,
      ...(uploads === undefined ? {} : { uploads }),
    },
  };
};

/** Forms of a hundred files would not fit into a remembered answer, and they expire. */
const withoutForms = (answer: ApiAnswer): ApiAnswer => {
  const { uploads, ...body } = answer.body as { readonly uploads?: Forms };
  return { ...answer, body: { ...body, ...(uploads === undefined ? {} : { uploads: [] }) } };
};

const withFreshForms = async (
  { agents, files }: CreateAgentDeps,
  request: Request,
  agentId: AgentId,
  answer: ApiAnswer,
): Promise<ApiAnswer> => {
  const body = answer.body as { readonly uploads?: Forms };
  if (body.uploads === undefined) return answer;
  const key = { userId: request.userId, agentId };
  const { pending, expiresAt } = (await agents.find(key))?.uploads ?? { pending: [], expiresAt: 0 };
  const missing = offeredFiles(request).filter(({ path }) => pending.includes(path));
  return { ...answer, body: { ...body, uploads: await uploadForms(files, key, missing, expiresAt) } };
};
