import { readFileSync, statSync } from 'node:fs';
import { beforeAll, expect, test } from 'vitest';
import { build } from '../../scripts/build.ts';
import { functionEntries } from '../../scripts/build-functions.ts';
import { routesOf } from '../../shared/http/operations.ts';

beforeAll(async () => {
  await build();
});

const bundleOf = (name: string): string => `build/functions/${name}/index.mjs`;

test('every Lambda is bundled, and a build with nothing changed builds nothing', async () => {
  expect([...functionEntries().keys()].filter((name) => !statSync(bundleOf(name)).isFile())).toEqual([]);
  expect(functionEntries().size).toBe(68);
  expect(await build()).toEqual({ built: false });
});

test('the bundle of a function of the API has at most 350 kB', () => {
  const names = [...new Set(routesOf().map(({ functionName }) => functionName))];
  const tooLarge = names
    .map((name) => ({ name, bytes: statSync(bundleOf(name)).size }))
    .filter(({ bytes }) => bytes > 350_000);
  expect(names).toHaveLength(39);
  expect(tooLarge).toEqual([]);
});

test('no bundle carries the credential chain, the compiler or what only measures and tests use', () => {
  const { inputs } = JSON.parse(readFileSync('build/functions/metafile.json', 'utf8')) as { inputs: object };
  const unwanted =
    /credential-provider-(?:ini|sso|process|node)|node_modules\/typescript\/|^(?:local|test|bench|infra\/(?!bundling))/;
  expect(Object.keys(inputs).filter((file) => unwanted.test(file))).toEqual([]);
  expect(Object.keys(inputs).length).toBeGreaterThan(500);
});

test('only the owner of calls and who tests its models carry the codec of event streams, and no bundle the whole package.json of a client', () => {
  const { outputs } = JSON.parse(readFileSync('build/functions/metafile.json', 'utf8')) as {
    outputs: Record<string, { inputs: Record<string, { bytesInOutput: number }> }>;
  };
  const bundles = Object.entries(outputs);
  const streaming = bundles.filter(([, { inputs }]) =>
    Object.keys(inputs).some((file) => file.includes('@smithy/core/dist-es/submodules/event-streams/EventStreamSerde')),
  );
  expect(streaming.map(([file]) => file.split('/').at(-2))).toEqual(['speak-to-provider', 'voice-session']);
  const manifests = bundles.flatMap(([, { inputs }]) =>
    Object.entries(inputs).filter(([file]) => /client-[\w-]+\/package\.json$/.test(file)),
  );
  expect(manifests.filter(([, { bytesInOutput }]) => bytesInOutput > 100)).toEqual([]);
});

test('functions carry what they read at run time', () => {
  const files = [
    'check-code/checker-assets/typescript.cjs',
    'check-code/checker-assets/dry-run-child.mjs',
    'deploy-agent-core/agent-host/main.js',
    'describe-service/openapi.json',
    'describe-service/docs.html',
  ];
  expect(files.filter((file) => !statSync(`build/functions/${file}`, { throwIfNoEntry: false })?.isFile())).toEqual([]);
});
