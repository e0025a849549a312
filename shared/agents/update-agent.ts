import { isDeepStrictEqual } from 'node:util';
import { type ChannelRunDeps, startChannelRun } from '../channels/channel-run.ts';
import type { ChannelsPlan } from '../channels/want-channels.ts';
import { demandMatch, etagOf } from '../http/etag.ts';
import type { RequestOf } from '../http/http-lambda.ts';
import { digestOf, type IdempotencyStore, once } from '../http/idempotency.ts';
import type { ApiAnswer, ApiRequest } from '../http/request.ts';
import { nowSeconds } from '../kernel/clock.ts';
import { agentBusy, agentNotFound, preconditionFailed, raise, refused } from '../kernel/problems.ts';
import { readDescriptions } from '../knowledge/descriptions.ts';
import type { OfferedFile } from '../knowledge/file-rules.ts';
import type { KnowledgeBase, KnowledgeFile } from '../knowledge/knowledge-base.ts';
import type { KnowledgeBaseStore } from '../knowledge/knowledge-base-store.ts';
import type { KnowledgeFiles } from '../knowledge/knowledge-files.ts';
import { type FilesPlan, planFiles } from '../knowledge/plan-files.ts';
import { executionName } from '../provisioning/provisioning.ts';
import { type Agent, isResting } from './agent.ts';
import { isShortForm, WholeAgent } from './agent-requests.ts';
import type { AgentChange } from './agent-store.ts';
import { agentPath } from './agent-views.ts';
import { allBusinessAttributes, type BusinessAttributes, businessAttributes } from './business-attributes.ts';
import { bringTo } from './control-agent.ts';
import { CreateAgentEnv } from './create-agent.ts';
import { requestedAgent } from './requested-agent.ts';
import { failure, failureOf, settle } from './settled.ts';
import { sopFromCharacter } from './sop-template.ts';
import { beginRun, startRun } from './start-run.ts';
import { offeredFiles, STORE_SECONDS, storeFiles, UPLOAD_SECONDS, uploadForms } from './uploads.ts';

export const UpdateAgentEnv = CreateAgentEnv;

export interface UpdateAgentDeps extends ChannelRunDeps {
  readonly knowledge: KnowledgeBaseStore;
  readonly files: KnowledgeFiles;
  readonly idempotency: IdempotencyStore;
}

/** Attributes that reach the AgentCreator or the knowledge base: a change of them needs a new version. */
const BUILT_FROM = ['agentType', 'sop', 'knowledgeBaseDescription', 'humanHandoffDescription'] as const;

/** The attributes a request may change; those that differ from the agent's count as changes, `null` removes one. */
type Attributes = {
  readonly [Name in 'agentName' | (typeof BUILT_FROM)[number]]?: Agent[Name];
} & {
  readonly [Name in keyof BusinessAttributes]?: BusinessAttributes[Name] | null;
};

/** What a request asks for, whether it patched or replaced. */
interface Wanted {
  readonly attributes: Attributes;
  readonly offered: readonly OfferedFile[];
  readonly descriptions: unknown;
  /** Decides which of the present files go. */
  readonly removed: (present: readonly string[]) => readonly string[];
}

/** Changes what the body names; everything else stays. */
export const updateAgent =
  (deps: UpdateAgentDeps) =>
  (request: RequestOf<'updateAgent'>): Promise<ApiAnswer> => {
    const { folderFileDescriptions, removeFiles, ...body } = request.body;
    return changeOnce(deps, request, 'updateAgent', {
      attributes: { ...builtFrom(body), ...businessAttributes(body) },
      offered: offeredFiles(request),
      descriptions: folderFileDescriptions,
      removed: (present) => removedByName(removeFiles, present),
    });
  };

/**
 * Makes the agent what the body says: of its present files those stay that are described. The short form changes name
 * and status alone.
 */
export const replaceAgent =
  (deps: UpdateAgentDeps) =>
  (request: RequestOf<'replaceAgent'>): Promise<ApiAnswer> => {
    const { name, status } = request.body;
    if (name !== undefined && status === undefined) {
      const attributes = { agentName: name };
      return changeOnce(deps, request, 'replaceAgent', { ...NO_FILES, attributes });
    }
    if (isShortForm(request.body)) {
      return onceFor(deps, request, 'replaceAgent', [], () => bringTo(deps, request, request.body));
    }
    const { folderFileDescriptions, ...body } = WholeAgent.parse(request.body);
    const business = allBusinessAttributes(body);
    const sop = body.sop ?? sopFromCharacter(businessAttributes(body));
    const attributes = { ...builtFrom(body), ...business, sop };
    const offered = offeredFiles(request);
    const wanted = new Set(readDescriptions(folderFileDescriptions ?? {}).entries.map(({ path }) => path));
    return changeOnce(deps, request, 'replaceAgent', {
      attributes,
      offered,
      descriptions: folderFileDescriptions,
      removed: (present) => present.filter((path) => !wanted.has(path)),
    });
  };

const NO_FILES = { offered: [], descriptions: undefined, removed: () => [] } as const;

const builtFrom = (body: { readonly [Name in 'agentName' | (typeof BUILT_FROM)[number]]?: unknown }): Attributes =>
  Object.fromEntries(
    (['agentName', ...BUILT_FROM] as const).flatMap((name) => (body[name] === undefined ? [] : [[name, body[name]]])),
  );

const removedByName = (names: readonly string[], present: readonly string[]): readonly string[] => {
  const paths = names.map((name) => name.normalize('NFC'));
  const [first, ...others] = paths.flatMap((path, index) =>
    present.includes(path)
      ? []
      : [{ pointer: `/removeFiles/${index}`, message: `There is no file ${path}.`, code: 'invalid-request' as const }],
  );
  if (first !== undefined) throw refused([first, ...others]);
  return paths;
};

const changeOnce = (
  deps: UpdateAgentDeps,
  request: ApiRequest,
  operation: string,
  wanted: Wanted,
): Promise<ApiAnswer> => onceFor(deps, request, operation, wanted.offered, () => change(deps, request, wanted));

const onceFor = (
  deps: UpdateAgentDeps,
  request: ApiRequest,
  operation: string,
  offered: readonly OfferedFile[],
  make: () => Promise<ApiAnswer>,
): Promise<ApiAnswer> =>
  once(deps)(request, {
    operation: `${operation}#${request.params.agentId}`,
    digest: digestOf(request.body, ...offered.flatMap(({ path, content }) => [path, content ?? null])),
    newId: () => request.params.agentId ?? '',
    make,
  });

const change = async (deps: UpdateAgentDeps, request: ApiRequest, wanted: Wanted): Promise<ApiAnswer> => {
  const { agent, knowledge } = await read(deps, request);
  const removed = wanted.removed(Object.keys(knowledge.files));
  const kept = Object.fromEntries(Object.entries(knowledge.files).filter(([path]) => !removed.includes(path)));
  const plan = planFiles({ offered: wanted.offered, descriptions: wanted.descriptions, kept });
  const attributes = differences(agent, withSopOfCharacter(agent, wanted.attributes));
  const filesChange =
    [plan.added, plan.redescribed].some((files) => Object.keys(files).length > 0) || removed.length > 0;
  const needsVersion = filesChange || BUILT_FROM.some((name) => name in attributes);
  if (!needsVersion) return changeAtOnce(deps, request, agent, attributes);
  return rebuild(deps, request, agent, { attributes, plan, removed, offered: wanted.offered, knowledge });
};

const read = async (deps: UpdateAgentDeps, request: ApiRequest) => {
  const found = await requestedAgent(deps, request);
  demandMatch(request.headers['if-match'], found);
  const agent = await settle(deps)(found);
  const knowledge = (await deps.knowledge.find(agent.knowledgeBaseId)) ?? raise(agentNotFound(agent.agentId));
  return { agent, knowledge };
};

const differences = (agent: Agent, wanted: Attributes): Attributes =>
  Object.fromEntries(
    Object.entries(wanted).filter(
      ([name, value]) => !isDeepStrictEqual(agent[name as keyof Attributes] ?? null, value),
    ),
  );

/** An SOP that its owner has left as it was made of the character follows the character. */
const withSopOfCharacter = (agent: Agent, wanted: Attributes): Attributes => {
  if (wanted.sop !== undefined || agent.character === undefined || agent.sop !== sopFromCharacter(agent)) return wanted;
  const { businessType, character, businessContext } = { ...agent, ...wanted };
  const said = {
    ...(businessType ? { businessType } : {}),
    ...(character ? { character } : {}),
    ...(businessContext ? { businessContext } : {}),
  };
  return { ...wanted, sop: sopFromCharacter(said) };
};

/** What the greeting of a telephone number or the character of an inbox is made of. */
const SHOWN_BY_CHANNELS = ['agentName', 'description', 'businessType', 'character', 'businessContext', 'replyEngine'];

/** The channels that a change must reach; undefined where it reaches none, or a run under way reads it anyway. */
const channelsToTell = async (
  { channels }: UpdateAgentDeps,
  agent: Agent,
  attributes: Attributes,
): Promise<ChannelsPlan | undefined> => {
  if (!isResting(agent.status) || !Object.keys(attributes).some((name) => SHOWN_BY_CHANNELS.includes(name))) {
    return undefined;
  }
  const change = (await channels.list(agent)).filter(({ status }) => status === 'active');
  return change.length === 0 ? undefined : { add: [], change, remove: [] };
};

const changeAtOnce = async (
  deps: UpdateAgentDeps,
  request: ApiRequest,
  agent: Agent,
  attributes: Attributes,
): Promise<ApiAnswer> => {
  if (Object.keys(attributes).length === 0) return answer(request, 200, agent, 'Nothing to change');
  const { agents, clock } = deps;
  const plan = await channelsToTell(deps, agent, attributes);
  if (plan !== undefined) {
    const begun = await startChannelRun(deps)(agent, plan, attributes);
    if (!begun.written) throw refusal(begun.current, agent, request);
    return answer(request, 202, begun.agent, 'The agent has been changed; its channels are being told');
  }
  const guard = request.headers['if-match'] === undefined ? {} : { revision: agent.revision };
  const written = await agents.update(agent, attributes, { now: nowSeconds(clock), guard });
  if (!written.written) throw refusal(written.current, agent, request);
  const isRenamed = Object.keys(attributes).join() === 'agentName';
  return answer(request, 200, written.agent, isRenamed ? 'The agent has a new name' : 'The agent has been changed');
};

interface Rebuild {
  readonly attributes: Attributes;
  readonly plan: FilesPlan;
  readonly removed: readonly string[];
  readonly offered: readonly OfferedFile[];
  readonly knowledge: KnowledgeBase;
}

/** A new version and a run that builds it; the active one serves until that run succeeds. */
const rebuild = async (deps: UpdateAgentDeps, request: ApiRequest, agent: Agent, to: Rebuild): Promise<ApiAnswer> => {
  if (!isResting(agent.status) && agent.status !== 'failed') throw agentBusy(agent.status, 'update');
  const inForm = request.bodyKind === 'multipart';
  const pending = Object.values(to.plan.added);
  const expiresAt = nowSeconds(deps.clock) + (inForm ? STORE_SECONDS : UPLOAD_SECONDS);
  const written = await deps.agents.transition(
    agent,
    isResting(agent.status) ? 'update' : 'rebuild',
    newVersion(deps, agent, to, pending, expiresAt),
    {
      now: nowSeconds(deps.clock),
      guard: { revision: agent.revision },
      knowledge: { knowledgeBaseId: agent.knowledgeBaseId, change: knowledgeChange(to) },
    },
  );
  if (!written.written) throw refusal(written.current, agent, request);
  if (!inForm && pending.length > 0) {
    await orFail(deps, written.agent, () => deps.files.remove(agent, to.removed));
    const forms = await uploadForms(deps.files, agent, pending, expiresAt);
    return answer(request, 202, written.agent, 'Upload the files to start provisioning', { uploads: forms });
  }
  await orFail(deps, written.agent, async () => {
    await storeFiles(deps.files, agent, to.offered);
    await deps.files.remove(agent, to.removed);
  });
  const begun = await (pending.length > 0
    ? beginRun(deps)(written.agent, to.plan.added)
    : startRun(deps)(written.agent));
  return answer(request, 202, begun, MESSAGES[begun.status] ?? 'The new version could not be started; retry the agent');
};

const MESSAGES: Readonly<Partial<Record<Agent['status'], string>>> = {
  creating: 'Agent creation started again',
  updating: 'A new version of the agent is being built',
};

const newVersion = (
  { provisioning, clock }: UpdateAgentDeps,
  agent: Agent,
  { attributes }: Rebuild,
  pending: readonly KnowledgeFile[],
  expiresAt: number,
): AgentChange => {
  const version = agent.version + 1;
  const run = agent.provisioning.run + 1;
  return {
    ...attributes,
    version,
    statusReason: null,
    uploads: pending.length > 0 ? { pending: pending.map(({ path }) => path), expiresAt } : null,
    provisioning: {
      run,
      version,
      status: pending.length > 0 ? 'awaiting-uploads' : 'running',
      executionArn: provisioning.executionArn(executionName({ agentId: agent.agentId, version, run })),
      startedAtMs: clock.now(),
      endedAtMs: null,
      steps: {},
    },
  };
};

const knowledgeChange = ({ plan, removed }: Rebuild) => ({
  // Tells the run to read the files in; knowledge that stays "ready" is left alone.
  ...(isTouched(plan, removed) ? { status: 'notready' as const } : {}),
  folderFileDescriptions: plan.folderFileDescriptions,
  files: { ...Object.fromEntries(removed.map((path) => [path, null])), ...plan.redescribed, ...plan.added },
});

const isTouched = ({ added, redescribed }: FilesPlan, removed: readonly string[]): boolean =>
  removed.length + Object.keys(added).length + Object.keys(redescribed).length > 0;

/** Files that could not be stored end the run at once, so that the agent can be changed or retried again. */
const orFail = async ({ agents, clock }: UpdateAgentDeps, agent: Agent, store: () => Promise<void>): Promise<void> => {
  try {
    await store();
  } catch (error) {
    const reason = {
      code: 'service-unavailable',
      message: 'The files could not be stored. Retry, or send them again.',
    };
    const guard = { run: agent.provisioning.run };
    await agents.transition(agent, failureOf(agent), failure(reason, clock.now()), { now: nowSeconds(clock), guard });
    throw error;
  }
};

/** Why a write was refused: whoever was quicker changed the status, or only the revision. */
const refusal = (current: Agent | undefined, read: Agent, { headers }: ApiRequest): Error => {
  if (current === undefined) return agentNotFound(read.agentId);
  return headers['if-match'] === undefined ? agentBusy(current.status, 'update') : preconditionFailed();
};

const answer = (
  request: ApiRequest,
  status: number,
  agent: Agent,
  message: string,
  more: Readonly<Record<string, unknown>> = {},
): ApiAnswer => ({
  status,
  headers: { location: agentPath(request, agent.agentId), etag: etagOf(agent) },
  body: { agentId: agent.agentId, status: agent.status, message, ...more },
});
