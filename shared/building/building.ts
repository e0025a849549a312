import type { AgentType } from '../agents/agent.ts';
import type { AgentId, UserId } from '../kernel/ids.ts';
import type { FolderFileDescriptions } from '../knowledge/knowledge-base.ts';

/** A finding of the code checker, or of the AgentCreator about itself; sent back to the AgentCreator on rejection. */
export interface Finding {
  /** `syntax`, `types`, `import`, `forbidden`, `size`, `secret`, `dry-run`, `specification`, `prompt`, `missing`. */
  readonly rule: string;
  readonly message: string;
  readonly file?: string;
  /** From 1. */
  readonly line?: number;
  /** From 1. */
  readonly column?: number;
  /** `error` (the default) rejects the attempt; `warning` is only sent back along with errors. */
  readonly severity?: 'error' | 'warning';
}

/** The three files one attempt of the AgentCreator writes; `specification` is `spec.json` as text (schema: specification.ts). */
export interface GeneratedFiles {
  readonly agentFile: string;
  readonly prompt: string;
  readonly specification: string;
}

/** `transpiled` (the text of `agent_file.mjs`) is there only when no finding is an error: that, and nothing else, is approval. */
export interface CheckedCode {
  readonly findings: readonly Finding[];
  readonly transpiled?: string;
}

/** The gate as the workflow sees it; made by `makeCodeChecker(assetsDir)` in code-checker.ts. Never rejects the promise for bad code. */
export type CodeChecker = (files: GeneratedFiles) => Promise<CheckedCode>;

/** Payload of the AgentCreator's `/invocations`. The answer comes at once; the work goes on in the background (HealthyBusy). */
export interface BuildRequest {
  readonly type: 'build';
  /** `{agentId}-v{version}-r{run}-a{attempt}`: the same id twice is one build. */
  readonly buildId: string;
  readonly userId: UserId;
  readonly agentId: AgentId;
  readonly version: number;
  /** From 1 to 3. */
  readonly attempt: number;
  readonly agentName: string;
  readonly agentType: AgentType;
  readonly sop: string;
  readonly knowledgeBaseId: string;
  readonly knowledgeBaseDescription: string;
  readonly humanHandoffDescription: string;
  readonly folderFileDescriptions: FolderFileDescriptions;
  /** The AgentCreator writes `spec.json`, `agent_file.ts`, `prompt.md` and, last, `result.json` below `prefix`. */
  readonly output: { readonly bucket: string; readonly prefix: string };
  /** Why the former attempt was rejected. */
  readonly findings: readonly Finding[];
}

export interface BuildAccepted {
  readonly accepted: true;
  readonly buildId: string;
}

/** `result.json`: its presence says the attempt is over. */
export interface BuildResult {
  readonly buildId: string;
  readonly status: 'succeeded' | 'failed';
  readonly error?: string;
  /** Lower-case hex SHA-256 by file name. */
  readonly digests: Readonly<Record<string, string>>;
}

/** `{userId}/{agentId}/v{version}/`: where the approved files of a version live. */
export const versionPrefix = (of: { userId: string; agentId: string; version: number }): string =>
  `${of.userId}/${of.agentId}/v${of.version}/`;

/** Where one attempt writes; approved files are copied up to the version's prefix. */
export const attemptPrefix = (of: {
  userId: string;
  agentId: string;
  version: number;
  run: number;
  attempt: number;
}): string => `${versionPrefix(of)}builds/r${of.run}-a${of.attempt}/`;
