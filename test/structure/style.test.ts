import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { functionsOf, type Source, sourcesOf } from './sources.ts';

const PRODUCT = [
  'shared',
  'lambdas',
  'infra',
  'local',
  'agentkit',
  'scripts',
  'audio',
  'web',
  'client',
  'cli',
] as const;
/** Programs people run in a terminal: printing is what they are for. */
const TERMINAL = [/^local\/main\.ts$/, /^local\/start\//, /^scripts\//, /^bench\//];

const product = sourcesOf(...PRODUCT);

const containing = (sources: readonly Source[], pattern: RegExp): string[] =>
  sources.filter(({ text }) => pattern.test(text)).map(({ path }) => path);

function usesAny({ tree }: Source): boolean {
  let found = false;
  const visit = (node: ts.Node): void => {
    found ||= node.kind === ts.SyntaxKind.AnyKeyword;
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return found;
}

describe('the style of the sources', () => {
  it('has no file over 350 lines', () => {
    const long = product.filter(({ text }) => text.split('\n').length > 351);
    expect(long.map(({ path, text }) => `${path}: ${text.split('\n').length}`)).toEqual([]);
  });

  it('has no function over 120 lines, and nine of ten are under 40', () => {
    const sizes = product.flatMap(functionsOf).sort((a, b) => a.lines - b.lines);
    const ninth = sizes[Math.floor(sizes.length * 0.9)]?.lines ?? Number.POSITIVE_INFINITY;
    expect(sizes.filter(({ lines }) => lines > 120)).toEqual([]);
    expect(ninth).toBeLessThan(40);
  });

  it('never says any', () => {
    expect(product.filter(usesAny).map(({ path }) => path)).toEqual([]);
  });

  it('silences no checker and leaves no work marked for later', () => {
    expect(
      containing(product, /@ts-ignore|@ts-expect-error|@ts-nocheck|biome-ignore|eslint-disable|oxlint-disable/),
    ).toEqual([]);
    expect(containing(product, /\b(?:TODO|FIXME|XXX)\b/)).toEqual([]);
  });

  it('prints only from programs of the terminal', () => {
    const silent = product.filter(({ path }) => !TERMINAL.some((pattern) => pattern.test(path)));
    expect(containing(silent, /\bconsole\.(?:log|error|warn|info|debug)\(/)).toEqual([]);
  });

  it('never scans a table', () => {
    expect(containing(sourcesOf('shared', 'lambdas', 'agentkit'), /\bScanCommand\b|dynamodb:Scan/)).toEqual([]);
  });

  it('never asks whether it runs locally', () => {
    const onAws = sourcesOf('shared', 'lambdas', 'agentkit', 'infra');
    expect(containing(onAws, /\b(?:isLocal|IS_LOCAL|runsLocally|LOCALSTACK|AWS_SAM_LOCAL)\b/)).toEqual([]);
  });
});
