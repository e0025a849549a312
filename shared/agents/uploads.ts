import type { ApiRequest } from '../http/request.ts';
import { normalPath, type OfferedFile } from '../knowledge/file-rules.ts';
import type { KnowledgeFile } from '../knowledge/knowledge-base.ts';
import type { KnowledgeFiles, UploadForm } from '../knowledge/knowledge-files.ts';
import type { AgentKey } from './agent-store.ts';

/** How long clients have to upload declared files. */
export const UPLOAD_SECONDS = 3_600;
/** Files of a form are in our hands already: what is not stored by then was lost with the function that held it. */
export const STORE_SECONDS = 60;
/** Enough to hide S3's latency, few enough not to be throttled. */
const PARALLEL_UPLOADS = 8;

type FileRequest = Pick<ApiRequest, 'bodyKind' | 'files'> & {
  readonly body: { readonly files?: readonly OfferedFile[] | undefined };
};

/** The files a request brings: those in the form, or those it declares for a later upload. */
export const offeredFiles = ({ bodyKind, files, body }: FileRequest): OfferedFile[] =>
  bodyKind === 'multipart'
    ? files.map(({ path, content }) => ({ path: normalPath(path), content, sizeBytes: content.byteLength }))
    : (body.files ?? []).map(({ path, sizeBytes }) => ({ path: normalPath(path), sizeBytes }));

/** Stores the files of a form, each tagged with its owner. When it throws, nothing is on its way any more. */
export const storeFiles = async (
  files: Pick<KnowledgeFiles, 'put'>,
  agent: AgentKey,
  offered: readonly OfferedFile[],
): Promise<void> => {
  const waiting = offered.values();
  const work = async (): Promise<void> => {
    for (const { path, content } of waiting) await files.put(agent, path, content ?? new Uint8Array());
  };
  const ended = await Promise.allSettled(Array.from({ length: PARALLEL_UPLOADS }, work));
  const failed = ended.find((one) => one.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
};

/** One upload form for each file that has not arrived. `expiresAt` in Unix seconds. */
export const uploadForms = (
  files: Pick<KnowledgeFiles, 'uploadForm'>,
  agent: AgentKey,
  pending: readonly Pick<KnowledgeFile, 'path' | 'sizeBytes'>[],
  expiresAt: number,
): Promise<UploadForm[]> => Promise.all(pending.map((file) => files.uploadForm(agent, file, expiresAt)));

/** The same files, arrived. */
export const stored = (files: Readonly<Record<string, KnowledgeFile>>): Record<string, KnowledgeFile> =>
  Object.fromEntries(Object.entries(files).map(([path, file]) => [path, { ...withoutReason(file), status: 'stored' }]));

const withoutReason = ({ statusReason: _gone, ...file }: KnowledgeFile): KnowledgeFile => file;
