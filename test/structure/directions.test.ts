import { describe, expect, it } from 'vitest';
import { importsAtRunTimeOf, importsOf, type Source, sourcesOf, targetOf } from './sources.ts';

interface Direction {
  readonly room: string;
  /** Rooms of this repository that the room may import. */
  readonly may: readonly string[];
  /** Rooms whose types alone it may import: nothing of them is there when it runs. */
  readonly types?: readonly string[];
}

const ROOMS = [
  'shared',
  'lambdas',
  'infra',
  'local',
  'agentkit',
  'test',
  'bench',
  'examples',
  'scripts',
  'audio',
  'web',
  'client',
  'cli',
];

const DIRECTIONS: readonly Direction[] = [
  { room: 'shared', may: ['shared', 'audio', 'agentkit/kit'] },
  { room: 'lambdas', may: ['lambdas', 'shared'] },
  { room: 'agentkit', may: ['agentkit', 'shared', 'audio'] },
  { room: 'infra', may: ['infra', 'shared', 'scripts'] },
  { room: 'local', may: ['local', 'audio'] },
  { room: 'audio', may: ['audio'] },
  { room: 'web', may: ['web', 'client', 'shared/voice/protocol', 'shared/sop', 'audio'], types: ['shared'] },
  { room: 'client', may: ['client'], types: ['shared'] },
  { room: 'cli', may: ['cli', 'client', 'web/voice', 'shared/voice/protocol', 'audio'], types: ['shared'] },
];

const isIn = (rooms: readonly string[], target: string): boolean => rooms.some((room) => target.startsWith(`${room}/`));

function strayImports({ room, may, types = [] }: Direction): string[] {
  return sourcesOf(room).flatMap((source) => {
    const strays = (names: readonly string[], allowed: readonly string[]): string[] =>
      names
        .map((name) => targetOf(source, name))
        .filter((target) => isIn(ROOMS, target) && !isIn(allowed, target))
        .map((target) => `${source.path} → ${target}`);
    return [...strays(importsOf(source), [...may, ...types]), ...strays(importsAtRunTimeOf(source), may)];
  });
}

/** What the browser does not have. */
const NODE_ONLY = /\bfrom 'node:|\bprocess\.|\bBuffer\b|\brequire\(/;

/** `agents-dynamodb.ts`, `knowledge-engine-bedrock.ts`, …; and `aws-request.ts`, which all signed requests share. */
const ADAPTER =
  /-(?:dynamodb|s3|sfn|stepfunctions|bedrock|agentcore|iam|s3vectors|secrets-manager|transcribe|polly|connect|socialmessaging)\.ts$|\/aws-request\.ts$/;

const importsSdk = (source: Source): boolean =>
  importsOf(source).some((name) => name.startsWith('@aws-sdk/') || name.startsWith('@smithy/'));

describe('the rooms of the house', () => {
  it.each(DIRECTIONS)('$room/ imports only $may', (direction) => {
    expect(strayImports(direction)).toEqual([]);
  });

  it('keeps Node out of what runs in browsers', () => {
    const strays = sourcesOf('web', 'client').filter(({ text }) => NODE_ONLY.test(text));
    expect(strays.map(({ path }) => path)).toEqual([]);
  });

  it('keeps the AWS SDK of shared/ in files named for what they adapt', () => {
    const strays = sourcesOf('shared').filter((source) => importsSdk(source) && !ADAPTER.test(source.path));
    expect(strays.map(({ path }) => path)).toEqual([]);
  });

  it('keeps entry files to the joining', () => {
    const handlers = sourcesOf('lambdas').filter(({ path }) => path.endsWith('/handler.ts'));
    const long = handlers.filter(({ text }) => text.trimEnd().split('\n').length > 12);
    expect({ checked: handlers.length > 20, long: long.map(({ path }) => path) }).toEqual({ checked: true, long: [] });
  });
});
