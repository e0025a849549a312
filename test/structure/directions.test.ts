import { describe, expect, it } from 'vitest';
import { importsOf, type Source, sourcesOf, targetOf } from './sources.ts';

interface Direction {
  readonly room: string;
  /** Rooms of this repository that the room may import. */
  readonly may: readonly string[];
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
];

const DIRECTIONS: readonly Direction[] = [
  { room: 'shared', may: ['shared', 'audio', 'agentkit/kit'] },
  { room: 'lambdas', may: ['lambdas', 'shared'] },
  { room: 'agentkit', may: ['agentkit', 'shared', 'audio'] },
  { room: 'infra', may: ['infra', 'shared', 'scripts'] },
  { room: 'local', may: ['local', 'audio'] },
  { room: 'audio', may: ['audio'] },
  { room: 'web', may: ['web', 'shared/voice/protocol', 'audio'] },
];

function strayImports({ room, may }: Direction): string[] {
  return sourcesOf(room).flatMap((source) =>
    importsOf(source)
      .map((imported) => targetOf(source, imported))
      .filter((target) => ROOMS.some((name) => target.startsWith(`${name}/`)))
      .filter((target) => !may.some((allowed) => target.startsWith(`${allowed}/`)))
      .map((target) => `${source.path} → ${target}`),
  );
}

/** `agents-dynamodb.ts`, `knowledge-engine-bedrock.ts`, …; and `aws-request.ts`, which all signed requests share. */
const ADAPTER =
  /-(?:dynamodb|s3|sfn|stepfunctions|bedrock|agentcore|iam|s3vectors|secrets-manager|transcribe|polly|connect|socialmessaging)\.ts$|\/aws-request\.ts$/;

const importsSdk = (source: Source): boolean =>
  importsOf(source).some((name) => name.startsWith('@aws-sdk/') || name.startsWith('@smithy/'));

describe('the rooms of the house', () => {
  it.each(DIRECTIONS)('$room/ imports only $may', (direction) => {
    expect(strayImports(direction)).toEqual([]);
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
