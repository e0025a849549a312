/** Bundle size and initialisation of every Lambda, against an empty handler with the same SDK clients. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build, type Metafile } from 'esbuild';
import { synthesize } from '../local/start/synthesize.ts';
import { build as buildProduct } from '../scripts/build.ts';
import { bundleOptions, functionEntries } from '../scripts/build-functions.ts';
import { median, table } from './table.ts';

const ROOT = resolve(import.meta.dirname, '..');
const FUNCTIONS = join(ROOT, 'build/functions');
const BASELINES = join(ROOT, 'build/bench/baselines');
const RUNS = 9;
/** DESIGN §7. */
const BAR_BYTES = 350_000;
const BAR_RATIO = 3;

const PROGRAM = `
const started = process.hrtime.bigint();
await import(process.argv[1]);
process.stdout.write(String(Number(process.hrtime.bigint() - started) / 1e6));
`;

/** Loads a bundle in a process of its own with a function's environment; milliseconds from import to ready. */
function initialisationMs(bundle: string, env: Readonly<Record<string, string>>): number {
  const { stdout, stderr, status } = spawnSync(process.execPath, ['--input-type=module', '-e', PROGRAM, bundle], {
    env: { ...env, AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'bench', AWS_SECRET_ACCESS_KEY: 'bench' },
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`${bundle} does not load:\n${stderr}`);
  return Number(stdout);
}

/** Client packages inside a bundle, by the files esbuild says it is made of. */
function clientsOf(paths: readonly string[]): readonly string[] {
  const names = paths.flatMap((path) => /node_modules\/(@aws-sdk\/client-[a-z0-9-]+)\//.exec(path)?.[1] ?? []);
  return [...new Set(names)].sort();
}

const CLIENT_CLASSES: Readonly<Record<string, string>> = {
  '@aws-sdk/client-dynamodb': 'DynamoDBClient',
  '@aws-sdk/client-s3': 'S3Client',
  '@aws-sdk/client-sfn': 'SFNClient',
  '@aws-sdk/client-iam': 'IAMClient',
  '@aws-sdk/client-s3vectors': 'S3VectorsClient',
  '@aws-sdk/client-bedrock-agent': 'BedrockAgentClient',
  '@aws-sdk/client-bedrock-agentcore': 'BedrockAgentCoreClient',
  '@aws-sdk/client-bedrock-agentcore-control': 'BedrockAgentCoreControlClient',
  '@aws-sdk/client-secrets-manager': 'SecretsManagerClient',
};

/** An empty handler that makes the same clients, bundled the same way. */
async function baselineFor(clients: readonly string[]): Promise<string> {
  const dir = join(BASELINES, clients.map((name) => name.replace('@aws-sdk/client-', '')).join('+') || 'none');
  mkdirSync(dir, { recursive: true });
  const lines = clients.map((name) => {
    const client = CLIENT_CLASSES[name];
    if (client === undefined) throw new Error(`bench/bundles.ts knows no client class of ${name}.`);
    return `import { ${client} } from '${name}';\nexport const ${client.toLowerCase()} = new ${client}({});`;
  });
  const entry = join(dir, 'entry.mjs');
  writeFileSync(entry, `${lines.join('\n')}\nexport const handler = async () => {};\n`);
  const outfile = join(dir, 'index.mjs');
  await build({ ...bundleOptions(), absWorkingDir: ROOT, entryPoints: [entry], outfile });
  return outfile;
}

interface TemplateFunction {
  readonly Type: string;
  readonly Properties?: { readonly Environment?: { readonly Variables?: Readonly<Record<string, unknown>> } };
}

/** Names of a function's variables as synthesized; the values only have to be well formed. */
function environmentOf(assemblyDir: string, name: string): Record<string, string> {
  for (const file of readdirSync(assemblyDir).filter((path) => path.endsWith('.template.json'))) {
    const { Resources } = JSON.parse(readFileSync(join(assemblyDir, file), 'utf8')) as {
      Resources: Record<string, TemplateFunction>;
    };
    const found = Object.values(Resources).find(
      (resource) =>
        resource.Type === 'AWS::Lambda::Function' && JSON.stringify(resource.Properties).includes(`-${name}"`),
    );
    const variables = found?.Properties?.Environment?.Variables;
    if (variables)
      return Object.fromEntries(
        Object.entries(variables).map(([key, value]) => [
          key,
          typeof value === 'string' ? value : `bench-${key.toLowerCase()}`,
        ]),
      );
  }
  return {};
}

export interface BundleRow {
  readonly name: string;
  readonly isApi: boolean;
  readonly clients: readonly string[];
  readonly bytes: number;
  readonly gzipBytes: number;
  readonly baselineBytes: number;
  /** Time to load it against the empty handler with the same clients: the middle of paired runs. */
  readonly ratio: number;
  /** The same against an empty handler with DynamoDB's client, which most of the API's functions have. */
  readonly ratioToDynamoDb: number;
}

export async function measureBundles(): Promise<BundleRow[]> {
  const assembly = await synthesize(ROOT, 'build/assembly');
  await buildProduct();
  const { outputs, inputs } = JSON.parse(readFileSync(join(FUNCTIONS, 'metafile.json'), 'utf8')) as Metafile;
  const dynamoDb = await baselineFor(['@aws-sdk/client-dynamodb']);
  const rows: BundleRow[] = [];
  for (const [name, entry] of functionEntries()) {
    const bundle = join(FUNCTIONS, name, 'index.mjs');
    const output = Object.entries(outputs).find(([path]) => path.endsWith(`functions/${name}/index.mjs`))?.[1];
    if (output === undefined) throw new Error(`The metafile does not know ${name}.`);
    const clients = clientsOf(Object.keys(output.inputs).filter((path) => inputs[path] !== undefined));
    const baseline = await baselineFor(clients);
    const env = environmentOf(assembly.dir, name);
    const triples = Array.from({ length: RUNS }, () => ({
      ours: initialisationMs(bundle, env),
      empty: initialisationMs(baseline, {}),
      dynamoDb: initialisationMs(dynamoDb, {}),
    }));
    rows.push({
      name,
      isApi: !entry.includes('lambdas/provisioning/'),
      clients,
      bytes: statSync(bundle).size,
      gzipBytes: gzipSync(readFileSync(bundle)).length,
      baselineBytes: statSync(baseline).size,
      ratio: median(triples.map(({ ours, empty }) => ours / empty)),
      ratioToDynamoDb: median(triples.map(({ ours, dynamoDb }) => ours / dynamoDb)),
    });
  }
  return rows;
}

const kB = (bytes: number): string => (bytes / 1000).toFixed(0);

/** The bar of size is the API's, where a person waits; that of initialisation is everyone's. */
function verdictOf({ isApi, bytes, ratio, ratioToDynamoDb, clients }: BundleRow): string {
  if (isApi && bytes > BAR_BYTES) return 'missed: size';
  if (ratio <= BAR_RATIO) return 'met';
  if (clients.length > 0) return 'missed: initialisation';
  return `missed: has no client, so it is measured against nothing; ${ratioToDynamoDb.toFixed(2)}× of an empty handler with DynamoDB's`;
}

export const bundlesTable = (rows: readonly BundleRow[]): string =>
  table(
    ['function', 'kB', 'kB gzip', 'clients', 'empty handler kB', 'initialisation ÷ empty', 'bar'],
    rows.map((row) => [
      row.name,
      kB(row.bytes),
      kB(row.gzipBytes),
      row.clients.length,
      kB(row.baselineBytes),
      `${row.ratio.toFixed(2)}×`,
      verdictOf(row),
    ]),
  );
