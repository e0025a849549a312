import { createHash } from 'node:crypto';
import type { Model } from '@strands-agents/sdk';
import type { BuildRequest, BuildResult, GeneratedFiles } from '../../shared/building/building.ts';
import type { FolderFileDescriptions } from '../../shared/knowledge/knowledge-base.ts';
import { splitIntoClauses } from '../../shared/sop/clauses.ts';
import type { BuildOptions } from './built-in-tools.ts';
import { renderAgentFile } from './render-agent-file.ts';
import { renderPrompt } from './render-prompt.ts';
import { quotableClauses, repairsFor } from './repairs.ts';
import { type DescribedFile, specFile } from './spec-file.ts';
import { keepEveryClause } from './specification.ts';
import { specify } from './specify.ts';

/** Where a build's files go; one attempt has a place of its own. */
export interface BuildStore {
  /** Whether an earlier delivery of the same request has finished. */
  readonly hasResult: (request: BuildRequest) => Promise<boolean>;
  readonly put: (request: BuildRequest, name: string, body: string, contentType: string) => Promise<void>;
}

export interface BuildDependencies {
  readonly model: Model;
  readonly store: BuildStore;
  /** Each stage as it begins; for logs. */
  readonly progress: (entry: { readonly code: string; readonly buildId: string; readonly detail?: string }) => void;
}

/** An SOP of 100 kB takes a large model two to three minutes to specify. */
const BUILD_TIMEOUT_MS = 300_000;

/** SOP → clauses → specification → `spec.json`, `agent_file.ts`, `prompt.md`, and last `result.json`, whatever happened. */
export const buildAgent =
  ({ model, store, progress }: BuildDependencies) =>
  async (request: BuildRequest): Promise<void> => {
    const { buildId } = request;
    if (await store.hasResult(request)) return progress({ code: 'build.repeated', buildId });
    const result = await generate(model, request, progress)
      .then((files) => storeFiles(store, request, files))
      .catch((error: unknown): BuildResult => ({ buildId, status: 'failed', error: messageOf(error), digests: {} }));
    await store.put(request, 'result.json', JSON.stringify(result, null, 2), 'application/json');
    progress({
      code: `build.${result.status}`,
      buildId,
      ...(result.error === undefined ? {} : { detail: result.error }),
    });
  };

async function generate(
  model: Model,
  request: BuildRequest,
  progress: BuildDependencies['progress'],
): Promise<GeneratedFiles> {
  const { buildId } = request;
  const repairs = repairsFor(request.findings);
  const clauses = quotableClauses(splitIntoClauses(request.sop), repairs);
  if (clauses.length === 0) throw new Error('The SOP holds no statement.');
  progress({ code: 'build.specifying', buildId, detail: `${clauses.length} clauses` });
  const files = describedFiles(request.folderFileDescriptions);
  const options: BuildOptions = {
    agentName: request.agentName,
    knowledgeDescription: request.knowledgeBaseDescription,
    handoffDescription: request.humanHandoffDescription,
  };
  const input = { ...options, clauses, files, findings: request.findings };
  const specified = await specify(model, input, AbortSignal.timeout(BUILD_TIMEOUT_MS));
  const specification = keepEveryClause(specified, clauses);
  progress({ code: 'build.rendering', buildId });
  return {
    agentFile: renderAgentFile(specification, clauses, options),
    prompt: renderPrompt(specification, { ...options, maxCharacters: repairs.maxPromptCharacters }),
    specification: `${JSON.stringify(specFile(specification, clauses, { agentName: request.agentName, agentType: request.agentType, files }), null, 2)}\n`,
  };
}

async function storeFiles(store: BuildStore, request: BuildRequest, files: GeneratedFiles): Promise<BuildResult> {
  const named = [
    ['spec.json', files.specification, 'application/json'],
    ['agent_file.ts', files.agentFile, 'text/plain; charset=utf-8'],
    ['prompt.md', files.prompt, 'text/markdown; charset=utf-8'],
  ] as const;
  await Promise.all(named.map(([name, body, contentType]) => store.put(request, name, body, contentType)));
  const digests = Object.fromEntries(named.map(([name, body]) => [name, sha256(body)]));
  return { buildId: request.buildId, status: 'succeeded', digests };
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** `{ products: { 'a.pdf': 'A' } }` → `products/a.pdf` */
export const describedFiles = (descriptions: FolderFileDescriptions, folder = ''): DescribedFile[] =>
  Object.entries(descriptions).flatMap(([name, value]) =>
    typeof value === 'string'
      ? [{ path: `${folder}${name}`, description: value }]
      : describedFiles(value, `${folder}${name}/`),
  );
