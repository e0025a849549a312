import * as z from 'zod';
import { KeptCheck } from '../building/kept-check.ts';
import { SpecificationDocument } from '../building/specification.ts';
import type { RequestOf } from '../http/http-lambda.ts';
import type { ApiAnswer } from '../http/request.ts';
import { text } from '../kernel/env.ts';
import { problem } from '../kernel/problems.ts';
import type { Agent } from './agent.ts';
import type { AgentStore } from './agent-store.ts';
import type { AgentVersionListView, AgentVersionSummaryView, AgentVersionView } from './agent-version-view-schemas.ts';
import { clausesWithPlaces } from './clause-places.ts';
import { requestedAgent } from './requested-agent.ts';
import type { StoredVersionFile, VersionFiles, VersionKey } from './version-files.ts';

export const ReadAgentVersionsEnv = z.object({ AGENTS_TABLE: text, CODE_BUCKET: text });

export interface AgentVersionsDeps {
  readonly agents: Pick<AgentStore, 'find'>;
  readonly files: VersionFiles;
}

type Summary = z.output<typeof AgentVersionSummaryView>;

/** A page of an agent's versions, newest first; the cursor is the version after which it begins. */
export const listAgentVersions =
  ({ agents, files }: AgentVersionsDeps) =>
  async (request: RequestOf<'listAgentVersions'>): Promise<ApiAnswer> => {
    const agent = await requestedAgent({ agents }, request);
    const { limit, cursor = agent.version + 1 } = request.query;
    const newest = Math.min(cursor - 1, agent.version);
    const numbers = Array.from({ length: Math.max(0, Math.min(limit, newest)) }, (_, index) => newest - index);
    const versions = await Promise.all(
      numbers.map(async (version) => summaryOf(agent, version, await files.list(keyOf(agent, version)))),
    );
    const last = numbers.at(-1) ?? 1;
    const body: z.output<typeof AgentVersionListView> = { versions, nextCursor: last > 1 ? String(last) : null };
    return { status: 200, body };
  };

/** A version with what became of its SOP. Throws `agent-not-found` and `agent-version-not-found`. */
export const getAgentVersion =
  ({ agents, files }: AgentVersionsDeps) =>
  async (request: RequestOf<'getAgentVersion'>): Promise<ApiAnswer> => {
    const agent = await requestedAgent({ agents }, request);
    const version = versionOf(agent, request.params.version ?? '');
    const key = keyOf(agent, version);
    const stored = await files.list(key);
    const folder = folderOf(stored);
    const [specification, code, prompt, checks] = await Promise.all([
      readSpecification(files, key, `${folder}spec.json`),
      files.read(key, `${folder}agent_file.ts`),
      files.read(key, `${folder}prompt.md`),
      readChecks(files, key, stored),
    ]);
    const body: z.output<typeof AgentVersionView> = {
      ...summaryOf(agent, version, stored),
      agentId: agent.agentId,
      clauses: specification === undefined ? [] : clausesWithPlaces(specification),
      code: code ?? null,
      prompt: prompt ?? null,
      checks,
    };
    return { status: 200, body };
  };

const keyOf = ({ userId, agentId }: Agent, version: number): VersionKey => ({ userId, agentId, version });

const versionOf = (agent: Agent, asked: string): number => {
  const version = /^[1-9]\d{0,8}$/.test(asked) ? Number(asked) : Number.NaN;
  if (version <= agent.version) return version;
  throw problem(
    'agent-version-not-found',
    `The agent has no version ${asked.slice(0, 20)}; its newest is ${agent.version}.`,
  );
};

const APPROVAL = 'approval.json';
const ATTEMPT = /^builds\/(r(\d+)-a(\d+)\/)/;

const summaryOf = (agent: Agent, version: number, stored: readonly StoredVersionFile[]): Summary => {
  const approval = stored.find(({ name }) => name === APPROVAL);
  return {
    version,
    status: statusOf(agent, version, approval !== undefined),
    approvedAt: approval === undefined ? null : Math.floor(approval.modifiedAtMs / 1000),
    attempts: attemptsIn(stored).length,
  };
};

const statusOf = (agent: Agent, version: number, approved: boolean): Summary['status'] => {
  if (version === agent.activeVersion) return 'active';
  if (approved) return 'approved';
  const underWay = agent.status === 'creating' || agent.status === 'updating';
  return underWay && version === agent.version ? 'building' : 'rejected';
};

/** The folders of the attempts that wrote something, oldest first. */
const attemptsIn = (stored: readonly StoredVersionFile[]): string[] => {
  const found = stored.flatMap(({ name }) => {
    const [, folder, run, attempt] = ATTEMPT.exec(name) ?? [];
    return folder === undefined ? [] : [[folder, { run: Number(run), attempt: Number(attempt) }] as const];
  });
  return [...new Map(found)].sort(([, one], [, other]) => inOrder(one, other)).map(([folder]) => `builds/${folder}`);
};

interface AttemptNumber {
  readonly run: number;
  readonly attempt: number;
}

const inOrder = (one: AttemptNumber, other: AttemptNumber): number =>
  one.run - other.run || one.attempt - other.attempt;

/** Where the files to be shown lie: the approved ones, or the last attempt's. */
const folderOf = (stored: readonly StoredVersionFile[]): string =>
  stored.some(({ name }) => name === APPROVAL) ? '' : (attemptsIn(stored).at(-1) ?? '');

/** What an attempt wrote may be no specification at all: then there are no clauses to show. */
const readSpecification = async (files: VersionFiles, key: VersionKey, name: string) => {
  const parsed = SpecificationDocument.safeParse(jsonOf(await files.read(key, name)));
  return parsed.success ? parsed.data : undefined;
};

const readChecks = async (files: VersionFiles, key: VersionKey, stored: readonly StoredVersionFile[]) => {
  const names = stored.map(({ name }) => name).filter((name) => name.startsWith('checks/'));
  const read = await Promise.all(names.map(async (name) => KeptCheck.safeParse(jsonOf(await files.read(key, name)))));
  return read
    .flatMap(({ data }) => (data === undefined ? [] : [data]))
    .sort(inOrder)
    .map(checkView);
};

const checkView = ({
  findings,
  checkedAtMs,
  ...check
}: KeptCheck): z.output<typeof AgentVersionView>['checks'][number] => ({
  ...check,
  checkedAt: Math.floor(checkedAtMs / 1000),
  findings: findings.map(({ rule, message, file = null, line = null, column = null, severity = 'error' as const }) => ({
    rule,
    message,
    file,
    line,
    column,
    severity,
  })),
});

const jsonOf = (text: string | undefined): unknown => {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
};
