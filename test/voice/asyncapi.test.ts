import { createRequire } from 'node:module';
import { Ajv } from 'ajv';
import formats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import { webSocketPage } from '../../scripts/websocket-page.ts';
import { OperatorMessage, OperatorRequest } from '../../shared/live/operator-messages.ts';
import { asyncApiDocument, type DocumentedMessage } from '../../shared/voice/protocol/asyncapi.ts';
import { CLOSE_CODES, ClientMessage, ServerMessage } from '../../shared/voice/protocol/messages.ts';

const SPECIFICATION = createRequire(import.meta.url)('@asyncapi/specs/schemas/3.0.0-without-$id.json') as object;

const document = JSON.parse(JSON.stringify(asyncApiDocument())) as ReturnType<typeof asyncApiDocument>;
const messages = Object.entries(document.components.messages) as [string, DocumentedMessage][];

const UNIONS = { client: ClientMessage, server: ServerMessage, operator: OperatorRequest, feed: OperatorMessage };

const validator = () => formats.default(new Ajv({ strict: false, allErrors: true }));

/** Every `$ref` of the document, from anywhere in it. */
const refsIn = (value: unknown): string[] => {
  if (typeof value !== 'object' || value === null) return [];
  const { $ref } = value as { $ref?: unknown };
  return [...(typeof $ref === 'string' ? [$ref] : []), ...Object.values(value).flatMap(refsIn)];
};

const resolve = (ref: string): unknown =>
  ref
    .slice(2)
    .split('/')
    .reduce<unknown>((at, name) => (at as Record<string, unknown> | undefined)?.[name], document);

describe('the AsyncAPI document', () => {
  it('is valid AsyncAPI 3.0', () => {
    const ajv = validator();
    const valid = ajv.compile(SPECIFICATION);
    expect({ valid: valid(document), errors: valid.errors }).toEqual({ valid: true, errors: null });
  });

  it('refers to nothing that it does not hold', () => {
    const refs = refsIn(document);
    expect(refs.filter((ref) => resolve(ref) === undefined)).toEqual([]);
    expect(refs.length).toBeGreaterThan(40);
  });

  it('has every message that client and server know, and an operation for each', () => {
    const known = [
      ...ClientMessage.options.map(({ shape }) => `client.${shape.type.value}`),
      ...ServerMessage.options.map(({ shape }) => `server.${shape.type.value}`),
      ...OperatorRequest.options.map(({ shape }) => `operator.${shape.type.value}`),
      ...OperatorMessage.options.map(({ shape }) => `feed.${shape.type.value}`),
    ];
    expect(messages.map(([id]) => id).sort()).toEqual(known.sort());
    expect(Object.values(document.operations).map(({ action }) => action)).toEqual([
      ...ClientMessage.options.map(() => 'receive'),
      ...ServerMessage.options.map(() => 'send'),
      ...OperatorRequest.options.map(() => 'receive'),
      ...OperatorMessage.options.map(() => 'send'),
    ]);
  });

  it.each(messages)('shows an example of %s that its schema and the code both take', (id, { payload, examples }) => {
    const ajv = validator();
    const check = ajv.compile({ ...payload, components: document.components });
    const Union = UNIONS[id.split('.')[0] as keyof typeof UNIONS];
    for (const example of examples) {
      expect({ valid: check(example.payload), errors: check.errors }).toEqual({ valid: true, errors: null });
      expect(Union.safeParse(example.payload)).toMatchObject({ success: true });
    }
  });

  it('says of every message what it is for', () => {
    expect(messages.filter(([, { summary }]) => summary.length < 8)).toEqual([]);
  });

  it('explains close codes, handshake and limits', () => {
    expect(document.channels.call).toMatchObject({
      'x-close-codes': CLOSE_CODES,
      'x-handshake-statuses': { 401: expect.any(String), 429: expect.any(String) },
      'x-limits': { maxFrameBytes: 32_768, maxMessageBytes: 131_072, idleSeconds: 600, maxConnectionSeconds: 7200 },
    });
  });
});

describe('the page about the WebSocket API', () => {
  const page = webSocketPage(asyncApiDocument());

  it('shows every message with its fields, every close code and status, and runs no script', () => {
    const ids = messages.map(([id]) => `<article id="${id}">`);
    const codes = [...Object.keys(CLOSE_CODES), '401', '404', '429'].map((code) => `<code>${code}</code>`);
    expect([...ids, ...codes].filter((text) => !page.includes(text))).toEqual([]);
    expect(page).not.toMatch(/<script|https?:\/\//);
  });
});
