/**
 * An AgentCreator gone wrong, in the real one's place: how is said by the name of the agent it is to build. Bundled and
 * run by the embedded AgentCore like the real one.
 */
import { createHash } from 'node:crypto';
import { S3Client } from '@aws-sdk/client-s3';
import { type BuildStore, buildAgent } from '../../../agentkit/creator/build-agent.ts';
import { buildQueue, parseBuildRequest } from '../../../agentkit/creator/build-queue.ts';
import { s3BuildStore } from '../../../agentkit/creator/build-store-s3.ts';
import { agentCoreServer, listen } from '../../../agentkit/host/agentcore-server.ts';
import { bedrockModel } from '../../../agentkit/host/bedrock-model.ts';
import type { BuildRequest, BuildResult } from '../../../shared/building/building.ts';
import type { Vice } from './vices.ts';

const real = s3BuildStore(new S3Client({}), process.env.ENVIRONMENT ?? '');

const FORBIDDEN_IMPORT = "import { readFileSync } from 'node:fs';\n";
const LOOP_IN_A_TOOL = ['then: (details) => {', 'then: (details) => {\n    for (;;) {}'] as const;

/** What the agent file becomes on its way out. */
const SPOILT: Partial<Record<Vice, (agentFile: string, request: BuildRequest) => string>> = {
  'forbidden imports': (agentFile) => FORBIDDEN_IMPORT + agentFile,
  'learns from findings': (agentFile, { findings }) => (findings.length > 0 ? agentFile : FORBIDDEN_IMPORT + agentFile),
  'loop in a tool': (agentFile) => agentFile.replace(...LOOP_IN_A_TOOL),
};

const viceOf = ({ agentName }: BuildRequest) => agentName as Vice;

/** Writes what the vice makes of the files, and a result that agrees with them. */
const store: BuildStore = {
  hasResult: real.hasResult,
  put: async (request, name, body, contentType) => {
    const vice = viceOf(request);
    if (name === 'agent_file.ts') {
      const spoilt = SPOILT[vice]?.(body, request) ?? body;
      digests.set(request.buildId, createHash('sha256').update(spoilt).digest('hex'));
      return real.put(request, name, spoilt, contentType);
    }
    if (name !== 'result.json') return real.put(request, name, body, contentType);
    if (vice === 'nonsense') return real.put(request, name, 'Certainly! Here is your agent:', contentType);
    const result = JSON.parse(body) as BuildResult;
    const agreeing = { ...result.digests, 'agent_file.ts': digests.get(request.buildId) };
    return real.put(request, name, JSON.stringify({ ...result, digests: agreeing }), contentType);
  },
};
const digests = new Map<string, string>();

const model = bedrockModel({ modelId: process.env.MODEL_ID ?? '', maxTokens: 16_000, timeoutMs: 60_000 });
const build = buildAgent({ model, store, progress: () => undefined });
const queue = buildQueue(
  async (request) => {
    if (viceOf(request) === 'nothing') return new Promise(() => undefined);
    // From the next turn on, so that the request is accepted first.
    if (viceOf(request) === 'endless loop') setTimeout(() => loop(), 50);
    else await build(request);
  },
  Date.now,
  () => undefined,
);

const server = agentCoreServer({
  status: () => ({
    status: queue.busySinceUnixSeconds() === undefined ? 'Healthy' : 'HealthyBusy',
    sinceUnixSeconds: 0,
  }),
  invoke: async ({ payload }) => queue.accept(parseBuildRequest(payload)),
  log: () => undefined,
});
await listen(server, Number(process.env.PORT));

function loop(): void {
  for (;;);
}
