import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createAgent } from '../../shared/agents/create-agent.ts';
import { updateAgent } from '../../shared/agents/update-agent.ts';
import { httpEvent } from '../agents/support/events.ts';
import { memory } from '../agents/support/memory.ts';
import { httpLambda } from './support/api-lambda.ts';

const GOOD = { agentName: 'Shop', agentType: 'text', sop: '1. Greet.' };
const anything = fc.anything({ withNullPrototype: true, maxDepth: 4 });
const nasty = fc.constantFrom(
  '',
  '..',
  '../x.md',
  '/a.md',
  '__proto__',
  'a\\b.md',
  '\ud800',
  '\u0000',
  'a.pdf',
  'x.exe',
  'a/b.md',
);
const word = fc.oneof(nasty, fc.string({ unit: 'binary', maxLength: 30 }));
const file = fc.oneof(anything, fc.record({ path: word, sizeBytes: fc.oneof(fc.integer(), fc.double()) }));

/** Bodies that are nearly right reach deeper than random ones. */
const jsonBody = fc.oneof(
  fc.json({ maxDepth: 5 }),
  fc.string({ unit: 'binary' }),
  fc
    .record(
      {
        agentName: fc.oneof(word, anything),
        agentType: fc.oneof(fc.constantFrom('text', 'voice'), anything),
        sop: fc.oneof(word, anything),
        folderFileDescriptions: fc.oneof(fc.dictionary(word, fc.oneof(word, fc.dictionary(word, word))), anything),
        files: fc.oneof(fc.array(file, { maxLength: 5 }), anything),
        removeFiles: fc.oneof(fc.array(word), anything),
        [String('__proto__')]: anything,
      },
      { requiredKeys: [] },
    )
    .map((part) => stringify({ ...GOOD, ...part })),
);

function stringify(value: unknown): string {
  try {
    return JSON.stringify(value, (_key, one: unknown) => (typeof one === 'bigint' ? String(one) : one)) ?? '';
  } catch {
    return '';
  }
}

const header = fc.oneof(
  fc
    .tuple(word, fc.option(word))
    .map(
      ([name, filename]) =>
        `Content-Disposition: form-data; name="${name}"${filename === null ? '' : `; filename="${filename}"`}`,
    ),
  fc.constantFrom(
    'Content-Disposition: form-data; name="files"; filename="a.md"',
    'Content-Disposition: form-data; name="files"; filename*=UTF-8\'\'%ff',
    'Content-Disposition: form-data; name="sop"',
    'Content-Disposition: form-data; name="folderFileDescriptions"',
    'Content-Type: text/plain',
    '',
  ),
  fc.string({ unit: 'binary', maxLength: 40 }),
);
const bytes = fc.oneof(
  word.map((text) => Buffer.from(text)),
  fc.uint8Array({ maxLength: 40 }).map((array) => Buffer.from(array)),
  fc.constantFrom('{"a.md":"x"}', '{', '[]', '1. Greet.').map((text) => Buffer.from(text)),
);
const part = fc.tuple(fc.array(header, { maxLength: 3 }), bytes, fc.constantFrom('\r\n', '\n', ''));
const formBody = fc
  .tuple(fc.array(part, { maxLength: 6 }), fc.constantFrom('--b--\r\n', '--b', '', '--c--'), fc.boolean())
  .map(([parts, end, withFields]) => {
    const fields = withFields
      ? Object.entries(GOOD).map(
          ([name, value]) => `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
        )
      : [];
    const raw = parts.flatMap(([headers, content, lineEnd]) => [
      Buffer.from(`--b${lineEnd}${headers.join('\r\n')}\r\n\r\n`),
      content,
      Buffer.from('\r\n'),
    ]);
    return Buffer.concat([Buffer.from(fields.join('')), ...raw, Buffer.from(end)]);
  });

describe('whatever is sent', () => {
  const world = memory();
  const send = httpLambda({ createAgent: createAgent(world.deps), updateAgent: updateAgent(world.deps) }, () => {});
  const statuses = new Map<number, number>();
  const post = async (body: string | Uint8Array, contentType: string) => {
    const event = httpEvent({ routeKey: 'POST /api/v1/agents', body, contentType });
    const { statusCode = 0, body: answer } = await send(event);
    statuses.set(statusCode, (statuses.get(statusCode) ?? 0) + 1);
    if (statusCode >= 500) throw new Error(`${statusCode}: ${answer}`);
    if (statusCode >= 400)
      expect(JSON.parse(answer ?? '')).toMatchObject({ status: statusCode, code: expect.any(String) });
    return statusCode;
  };
  /** A refusal stores nothing; what is accepted has both its rows. */
  const inBalance = () => world.agents.size === world.bases.size;

  it('as JSON is answered or refused, 6,000 times', async () => {
    await fc.assert(
      fc.asyncProperty(jsonBody, async (body) => {
        const before = world.agents.size;
        const status = await post(body, 'application/json');
        expect([world.agents.size - before, inBalance()]).toEqual([status === 202 ? 1 : 0, true]);
      }),
      { numRuns: 6_000 },
    );
  });

  it('as a form is answered or refused, 6,000 times', async () => {
    await fc.assert(
      fc.asyncProperty(formBody, async (body) => {
        const before = world.agents.size;
        const status = await post(body, 'multipart/form-data; boundary=b');
        expect([world.agents.size - before, inBalance()]).toEqual([status === 202 ? 1 : 0, true]);
      }),
      { numRuns: 6_000 },
    );
    expect([...statuses.keys()]).toEqual(expect.arrayContaining([202, 400]));
  });

  it('nested ten thousand deep is refused', async () => {
    const deep = `${'{"a":'.repeat(10_000)}"x"${'}'.repeat(10_000)}`;
    const body = `{"agentName":"a","agentType":"text","sop":"x","folderFileDescriptions":${deep}}`;
    expect(await post(body, 'application/json')).toBe(400);
    expect(await post(`${'['.repeat(100_000)}${']'.repeat(100_000)}`, 'application/json')).toBe(400);
  });
});
