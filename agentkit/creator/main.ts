import { S3Client } from '@aws-sdk/client-s3';
import * as z from 'zod';
import { agentCoreServer, listen } from '../host/agentcore-server.ts';
import { bedrockModel } from '../host/bedrock-model.ts';
import { buildAgent } from './build-agent.ts';
import { buildQueue, parseBuildRequest } from './build-queue.ts';
import { s3BuildStore } from './build-store-s3.ts';

const AgentCreatorEnv = z.object({
  MODEL_ID: z.string().min(1),
  /** The stage; becomes the tag `environment`. */
  ENVIRONMENT: z.string().min(1),
  PORT: z.coerce.number<string>().int().min(0).max(65_535).default(8080),
});

/** Room for the specification of a long SOP. */
const MAX_SPECIFICATION_TOKENS = 16_000;
/** As long as a whole build may take: 16,000 tokens are minutes of writing. */
const SPECIFICATION_TIMEOUT_MS = 300_000;

const log = (entry: Readonly<Record<string, unknown>>): void => {
  process.stdout.write(`${JSON.stringify(entry)}\n`);
};

async function main(): Promise<void> {
  const env = AgentCreatorEnv.parse(process.env);
  const build = buildAgent({
    model: bedrockModel({
      modelId: env.MODEL_ID,
      maxTokens: MAX_SPECIFICATION_TOKENS,
      timeoutMs: SPECIFICATION_TIMEOUT_MS,
    }),
    store: s3BuildStore(new S3Client({}), env.ENVIRONMENT),
    progress: (entry) => log({ level: 'info', ...entry }),
  });
  const queue = buildQueue(build, Date.now, (buildId, error) =>
    log({ level: 'error', code: 'build.lost', buildId, message: error instanceof Error ? error.message : 'unknown' }),
  );
  const startedUnixSeconds = Math.floor(Date.now() / 1000);
  const server = agentCoreServer({
    status: () => {
      const busySince = queue.busySinceUnixSeconds();
      return busySince === undefined
        ? { status: 'Healthy', sinceUnixSeconds: startedUnixSeconds }
        : { status: 'HealthyBusy', sinceUnixSeconds: busySince };
    },
    invoke: async ({ payload }) => queue.accept(parseBuildRequest(payload)),
    log,
  });
  const port = await listen(server, env.PORT);
  log({ level: 'info', code: 'creator.ready', port });
  process.once('SIGTERM', () => server.close(() => process.exit(0)));
}

await main();
