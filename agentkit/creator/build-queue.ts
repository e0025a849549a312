import * as z from 'zod';
import type { BuildAccepted, BuildRequest } from '../../shared/building/building.ts';
import type { FolderFileDescriptions } from '../../shared/knowledge/knowledge-base.ts';
import { HostError } from '../host/agentcore-server.ts';

const Descriptions: z.ZodType<FolderFileDescriptions> = z.lazy(() =>
  z.record(z.string(), z.union([z.string(), Descriptions])),
);

const RequestSchema = z.object({
  type: z.literal('build'),
  buildId: z.string().min(1).max(200),
  userId: z.string().min(1),
  agentId: z.string().min(1),
  version: z.int().positive(),
  attempt: z.int().min(1),
  agentName: z.string().min(1),
  agentType: z.enum(['voice', 'text', 'both']),
  sop: z.string().min(1),
  knowledgeBaseId: z.string(),
  knowledgeBaseDescription: z.string(),
  humanHandoffDescription: z.string(),
  folderFileDescriptions: Descriptions,
  output: z.object({ bucket: z.string().min(1), prefix: z.string().endsWith('/') }),
  findings: z.array(z.looseObject({ rule: z.string(), message: z.string() })),
});

/** @throws HostError 400 when the payload is not a `BuildRequest`, or wants to write outside its agent's prefix. */
export function parseBuildRequest(payload: unknown): BuildRequest {
  const parsed = RequestSchema.safeParse(payload);
  if (!parsed.success) throw new HostError(400, 'invalid-build', z.prettifyError(parsed.error));
  const { userId, agentId, output } = parsed.data;
  if (!output.prefix.startsWith(`${userId}/${agentId}/`) || output.prefix.includes('..')) {
    throw new HostError(400, 'invalid-build', "The output prefix is not the agent's own.");
  }
  // The ids were checked where they were made; here they are only written down again.
  return parsed.data as unknown as BuildRequest;
}

/** Builds under way in this session; one build at most per id. */
export interface BuildQueue {
  readonly accept: (request: BuildRequest) => BuildAccepted;
  readonly busySinceUnixSeconds: () => number | undefined;
  /** Resolves when nothing is under way. */
  readonly idle: () => Promise<void>;
}

/** Runs builds in the background; `failed` hears of a build whose result could not even be stored. */
export function buildQueue(
  build: (request: BuildRequest) => Promise<void>,
  now: () => number,
  failed: (buildId: string, error: unknown) => void,
): BuildQueue {
  const running = new Map<string, { readonly sinceUnixSeconds: number; readonly done: Promise<void> }>();
  return {
    accept(request) {
      const { buildId } = request;
      if (!running.has(buildId)) {
        const done = build(request)
          .catch((error: unknown) => failed(buildId, error))
          .finally(() => running.delete(buildId));
        running.set(buildId, { sinceUnixSeconds: Math.floor(now() / 1000), done });
      }
      return { accepted: true, buildId };
    },
    busySinceUnixSeconds: () => [...running.values()].at(0)?.sinceUnixSeconds,
    idle: async () => {
      await Promise.all([...running.values()].map(({ done }) => done));
    },
  };
}
