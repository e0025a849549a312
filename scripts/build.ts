/** `node scripts/build.ts`: everything that is deployed and is not source, below `build/`; again only when a source changed. */
import { createHash } from 'node:crypto';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { cp, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildAgentKit } from './build-agentkit.ts';
import { buildCheckerAssets } from './build-checker-assets.ts';
import { buildApiCommands } from './build-cli.ts';
import { buildOperationTable } from './build-client.ts';
import { buildDashboard } from './build-dashboard.ts';
import { buildFunctions } from './build-functions.ts';
import { buildMedia } from './build-media.ts';
import { buildDescribeServiceAssets } from './build-openapi.ts';
import { buildTalkPage } from './build-web.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const OUTPUTS = ['functions', 'agentkit', 'media', 'web'] as const;

/** Whatever can change an output. The lock file stands for all dependencies. */
const SOURCES = [
  'lambdas/**/*.ts',
  'containers/**/*',
  'shared/**/*',
  'agentkit/**/*',
  'audio/**/*',
  'web/**/*',
  'client/**/*',
  'cli/**/*',
  'infra/bundling/*.ts',
  'scripts/build*.ts',
  'package-lock.json',
  'tsconfig.json',
];

function digestOfSources(): string {
  const hash = createHash('sha256').update(process.version);
  const files = globSync(SOURCES, { cwd: ROOT, withFileTypes: true }).filter((entry) => entry.isFile());
  for (const path of files.map((entry) => join(entry.parentPath, entry.name)).sort()) {
    hash
      .update(`${path.slice(ROOT.length)}\n`)
      .update(readFileSync(path))
      .update('\0');
  }
  return hash.digest('hex');
}

/** Builds into `dir`; the functions carry what they read at run time beside their `index.mjs`. */
async function buildInto(dir: string): Promise<void> {
  const functions = join(dir, 'functions');
  const agentkit = join(dir, 'agentkit');
  await Promise.all([buildOperationTable(), buildApiCommands()]);
  await Promise.all([
    buildFunctions(functions),
    buildAgentKit(agentkit),
    buildMedia(join(dir, 'media')),
    buildCheckerAssets(join(functions, 'check-code/checker-assets')),
    buildDescribeServiceAssets(join(functions, 'describe-service')),
    buildTalkPage(join(functions, 'serve-talk')),
    buildDashboard(join(dir, 'web')),
  ]);
  await cp(join(agentkit, 'agent-runtime'), join(functions, 'deploy-agent-core/agent-host'), { recursive: true });
}

export interface Build {
  /** False when nothing had changed. */
  readonly built: boolean;
}

/**
 * Builds what is missing or out of date. A build that fails or is cut off leaves the former outputs in place but no
 * stamp, so the next one starts again. Throws what the failing part threw.
 */
export async function build(): Promise<Build> {
  const outDir = join(ROOT, 'build');
  const stamp = join(outDir, 'stamp');
  const digest = digestOfSources();
  const current = OUTPUTS.every((output) => existsSync(join(outDir, output)));
  if (current && existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) return { built: false };
  const unfinished = join(outDir, `unfinished-${process.pid}`);
  await mkdir(unfinished, { recursive: true });
  try {
    await buildInto(unfinished);
    await rm(stamp, { force: true });
    for (const output of OUTPUTS) {
      await rm(join(outDir, output), { recursive: true, force: true });
      await rename(join(unfinished, output), join(outDir, output));
    }
    await writeFile(stamp, digest);
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
  return { built: true };
}

if (import.meta.main) {
  const started = performance.now();
  const { built } = await build();
  console.log(`${built ? 'built' : 'up to date'} in ${((performance.now() - started) / 1000).toFixed(1)} s`);
}
