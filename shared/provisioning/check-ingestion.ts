import * as z from 'zod';
import { nowSeconds } from '../kernel/clock.ts';
import { text } from '../kernel/env.ts';
import type { KnowledgeBase, KnowledgeFile } from '../knowledge/knowledge-base.ts';
import type { KnowledgeBaseStore } from '../knowledge/knowledge-base-store.ts';
import { FEED_ENV } from '../live/feed-env.ts';
import { PermanentFailure } from './failures.ts';
import type { DocumentState, IngestionJobState, KnowledgeEngine } from './knowledge-engine.ts';
import { fileUri, requireKnowledgeBase } from './knowledge-of-agent.ts';
import {
  PROVISIONING,
  provisioningTask,
  settled,
  type TaskDeps,
  type TaskHandler,
  waiting,
} from './provisioning-task.ts';
import { TaskInput, type TaskOutput } from './task-contract.ts';

export const CheckIngestionEnv = z.object({ ...FEED_ENV, AGENTS_TABLE: text, KNOWLEDGE_BASES_TABLE: text });

export interface CheckIngestionDeps extends TaskDeps {
  readonly knowledgeBases: KnowledgeBaseStore;
  readonly engine: KnowledgeEngine;
}

type Output = TaskOutput<'CheckIngestion'>;

/** Looks how far the ingestion is. Throws `IngestionFailed`, naming the files, when one was not read in whole. */
export const checkIngestion = (deps: CheckIngestionDeps): TaskHandler<Output> =>
  provisioningTask(
    { step: 'CheckIngestion', input: TaskInput, polls: true, ...PROVISIONING },
    deps,
    async ({ agent }) => {
      const knowledgeBase = await requireKnowledgeBase(deps.knowledgeBases, agent);
      if (knowledgeBase.status === 'ready') return settled<Output>({ status: 'ready' });
      const verdict = await look(deps, knowledgeBase);
      if (verdict.kind === 'pending') return waiting<Output>({ status: 'pending' }, verdict.detail);
      await write(deps, knowledgeBase, verdict);
      if (verdict.kind === 'failed') throw new PermanentFailure('IngestionFailed', verdict.reason);
      return settled<Output>({ status: 'ready' }, filesRead(verdict.files.length));
    },
  );

const look = async ({ engine }: CheckIngestionDeps, knowledgeBase: KnowledgeBase): Promise<IngestionVerdict> => {
  const { bedrock, s3Path } = knowledgeBase;
  if (bedrock?.ingestionJobId === undefined) {
    throw new PermanentFailure('ProvisioningFailed', 'No ingestion was started for the files: retry.');
  }
  const job = await engine.describeIngestion(bedrock, bedrock.ingestionJobId);
  const files = Object.values(knowledgeBase.files);
  if (job.status === 'running') return { kind: 'pending', detail: `Bedrock is reading ${filesOf(files.length)}.` };
  const uris = files.map(({ path }) => fileUri(s3Path, path));
  const documents = await engine.describeDocuments(bedrock, uris);
  const states = files.map(
    (file): FileState => ({
      file,
      state: documents.get(fileUri(s3Path, file.path)) ?? { status: 'absent' },
    }),
  );
  return decideIngestion(job, states);
};

export interface FileState {
  readonly file: KnowledgeFile;
  readonly state: DocumentState;
}

export type IngestionVerdict =
  | { readonly kind: 'pending'; readonly detail: string }
  | { readonly kind: 'ready'; readonly files: readonly KnowledgeFile[] }
  | { readonly kind: 'failed'; readonly files: readonly KnowledgeFile[]; readonly reason: string };

/**
 * What an ended job means for these files. Their own states decide, not the job's: a shared job may have failed over
 * somebody else's file, and a complete one may have skipped ours.
 */
export const decideIngestion = (
  job: Pick<IngestionJobState, 'status' | 'reasons'>,
  states: readonly FileState[],
): IngestionVerdict => {
  const underWay = states.filter(({ state }) => state.status === 'under-way' || state.status === 'deleting');
  if (underWay.length > 0) return { kind: 'pending', detail: `Bedrock is indexing ${filesOf(underWay.length)}.` };
  const files = states.map(settledFile);
  const failed = files.filter(({ status }) => status === 'failed');
  if (failed.length > 0) return { kind: 'failed', files, reason: failureOf(failed, files.length, job.reasons) };
  if (files.length === 0 && job.status !== 'complete') {
    return {
      kind: 'failed',
      files,
      reason: `Bedrock could not update the knowledge base.${because(job.reasons)} Retry.`,
    };
  }
  return { kind: 'ready', files };
};

const settledFile = ({ file: { statusReason: _statusReason, ...file }, state }: FileState): KnowledgeFile => {
  if (state.status === 'indexed') return { ...file, status: 'ingested' };
  return { ...file, status: 'failed', statusReason: state.reason ?? REASONS[state.status] };
};

const REASONS: Record<DocumentState['status'], string> = {
  indexed: '',
  'under-way': '',
  deleting: '',
  failed: 'Bedrock could not read it.',
  ignored: 'Bedrock ignored it, as it does with types it cannot read.',
  'partly-indexed': 'Bedrock could read only a part of it.',
  absent: 'Bedrock did not take it in.',
};

/** Names at most so many files; the knowledge base shows the rest. */
const NAMED_FILES = 5;

const failureOf = (failed: readonly KnowledgeFile[], total: number, reasons: readonly string[]): string => {
  const named = failed.slice(0, NAMED_FILES).map(({ path, statusReason }) => `${path} (${statusReason})`);
  const more = failed.length > NAMED_FILES ? ` and ${failed.length - NAMED_FILES} more` : '';
  const all = failed.length === total ? because(reasons) : '';
  return `${failed.length} of ${filesOf(total)} could not be read in: ${named.join(', ')}${more}.${all} Replace or remove what is named here, or retry.`;
};

const because = (reasons: readonly string[]): string =>
  reasons.length === 0 ? '' : ` ${reasons.join(' ').slice(0, 500)}`;

const filesOf = (count: number): string => (count === 1 ? '1 file' : `${count} files`);

const filesRead = (count: number): string => `${filesOf(count)} read in.`;

const write = async (
  { knowledgeBases, clock }: CheckIngestionDeps,
  { knowledgeBaseId }: KnowledgeBase,
  verdict: Exclude<IngestionVerdict, { kind: 'pending' }>,
): Promise<void> => {
  const files = Object.fromEntries(verdict.files.map((file) => [file.path, file]));
  const outcome =
    verdict.kind === 'ready'
      ? ({ status: 'ready', statusReason: null } as const)
      : ({ status: 'failed', statusReason: verdict.reason } as const);
  await knowledgeBases.update(knowledgeBaseId, { ...outcome, files }, { now: nowSeconds(clock) });
};
