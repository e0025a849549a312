import { existsSync, globSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build, type Metafile, type Plugin } from 'esbuild';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Some dependencies are CommonJS and call `require` for Node's own modules; an ES module has none. */
const REQUIRE = "import{createRequire}from'node:module';const require=createRequire(import.meta.url);";

/**
 * Lets unused schemas of the AWS SDK fall away. They hold objects whose keys are constants (`{ [_hH]: … }`), and
 * esbuild must assume that a computed key has an effect, so it keeps all of them: 67 kB of S3's for two operations.
 * With the text of the constant as the key the same object has none.
 */
const plainSchemaKeys: Plugin = {
  name: 'plain-schema-keys',
  setup: (bundler) => {
    bundler.onLoad({ filter: /[\\/]dist-es[\\/]schemas[\\/]schemas_\d+\.js$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8');
      const constants = new Map(
        [...source.matchAll(/^const (\w+) = ("[^"\\]*");$/gm)].map(([, name, text]) => [name, text]),
      );
      const contents = source.replaceAll(/\[(\w+)\]:/g, (key, name: string) => {
        const text = constants.get(name);
        return text === undefined ? key : `${text}:`;
      });
      return { contents, loader: 'js' };
    });
  },
};

/**
 * Leaves out how zod turns schemas into JSON Schema: 16 kB in every function, because each schema has a method for it.
 * Ours are turned at build time (OpenAPI, AsyncAPI); a function that tried would throw.
 */
const noJsonSchemas: Plugin = {
  name: 'no-json-schemas',
  setup: (bundler) => {
    bundler.onLoad({ filter: /[\\/]zod[\\/]v4[\\/]classic[\\/]schemas\.js$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8');
      const contents = source
        .replaceAll(/processors\.\w+Processor\(inst, ctx, json, params\)/g, 'undefined')
        .replaceAll(
          /create(?:Standard|To)JSONSchemaMethod\((?=this)/g,
          '(() => () => { throw new Error("JSON Schemas are made at build time."); })(',
        );
      return { contents, loader: 'js' };
    });
  },
};

/** Of a client's own `package.json` only the version is read, for the user agent; the rest is 2 kB a client. */
const onlyVersions: Plugin = {
  name: 'only-versions',
  setup: (bundler) => {
    bundler.onLoad({ filter: /[\\/]@aws-sdk[\\/]client-[\w-]+[\\/]package\.json$/ }, async ({ path }) => {
      const { version } = JSON.parse(await readFile(path, 'utf8')) as { version: string };
      return { contents: JSON.stringify({ version }), loader: 'json' };
    });
  },
};

/** Functions that talk to AWS in event streams (Nova Sonic, Transcribe, `ConverseStream`). */
const STREAMING = ['voice-session', 'speak-to-provider'];

/** Every client of the SDK loads the codec of event streams when it needs it: 12 kB that all other functions never run. */
const noEventStreams: Plugin = {
  name: 'no-event-streams',
  setup: (bundler) => {
    bundler.onResolve({ filter: /^@smithy\/core\/event-streams$/ }, ({ kind, path }) =>
      kind === 'dynamic-import' ? { path, namespace: 'no-event-streams' } : undefined,
    );
    bundler.onLoad({ filter: /./, namespace: 'no-event-streams' }, () => ({
      contents: 'throw new Error("Bundled without event streams: see STREAMING in scripts/build-functions.ts.");',
      loader: 'js',
    }));
  },
};

/** The entry files of all Lambdas by function name, `lambdas/agents/create-agent/handler.ts` → `create-agent`. */
export function functionEntries(root = ROOT): ReadonlyMap<string, string> {
  const files = globSync('lambdas/*/*/handler.ts', { cwd: root }).sort();
  return new Map(files.map((file) => [basename(dirname(file)), join(root, file)]));
}

/** How a Lambda is bundled; measurements bundle their baselines the same way. */
export const bundleOptions = () =>
  ({
    plugins: [plainSchemaKeys, noJsonSchemas, onlyVersions],
    alias: {
      '@aws-sdk/credential-provider-node': join(ROOT, 'infra/bundling/env-credentials.ts'),
      '@aws-sdk/endpoint-cache': join(ROOT, 'infra/bundling/endpoint-cache.ts'),
    },
    banner: { js: REQUIRE },
    bundle: true,
    minify: true,
    treeShaking: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    // Prefer the ES module of a package: its unused parts fall away, which those of CommonJS do not.
    mainFields: ['module', 'main'],
    sourcemap: false,
    legalComments: 'none',
    logLevel: 'error',
  }) as const satisfies BuildOptions;

/**
 * Bundles every Lambda to `outDir/<name>/index.mjs` (ES module, minified, Node 24) and writes
 * `outDir/metafile.json`, which says what each bundle is made of. Throws when there is nothing to bundle.
 */
export async function buildFunctions(outDir: string): Promise<Metafile> {
  const entries = functionEntries();
  if (entries.size === 0) throw new Error('No Lambda found under lambdas/.');
  const streaming = [...entries].filter(([name]) => STREAMING.includes(name));
  const others = [...entries].filter(([name]) => !STREAMING.includes(name));
  const passes = await Promise.all([bundled(outDir, others, [noEventStreams]), bundled(outDir, streaming, [])]);
  const metafile: Metafile = {
    inputs: Object.assign({}, ...passes.map(({ inputs }) => inputs)) as Metafile['inputs'],
    outputs: Object.assign({}, ...passes.map(({ outputs }) => outputs)) as Metafile['outputs'],
  };
  await mkdir(outDir, { recursive: true });
  await writeFile(join(outDir, 'metafile.json'), JSON.stringify(metafile));
  const missing = [...entries.keys()].filter((name) => !existsSync(join(outDir, name, 'index.mjs')));
  if (missing.length > 0) throw new Error(`Not bundled: ${missing.join(', ')}`);
  return metafile;
}

async function bundled(
  outDir: string,
  entries: readonly (readonly [name: string, file: string])[],
  plugins: readonly Plugin[],
): Promise<Metafile> {
  const options = bundleOptions();
  const { metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: entries.map(([name, file]) => ({ in: file, out: `${name}/index` })),
    outdir: outDir,
    outExtension: { '.js': '.mjs' },
    ...options,
    plugins: [...options.plugins, ...plugins],
    metafile: true,
  });
  return metafile;
}
