import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json as readJson } from 'node:stream/consumers';
import { afterEach, expect, test } from 'vitest';
import { type ConverseInput, makeConverse, streamEvents } from '../../local/services/bedrock-runtime/engine/index.ts';

let close: (() => void) | undefined;
afterEach(() => close?.());

/** An OpenAI-compatible server that answers once; resolves with what it was asked. */
async function chatServer(status: number, answer: unknown) {
  const asked = Promise.withResolvers<{ url: string | undefined; key: string | undefined; body: unknown }>();
  const server = createServer((request, response) => {
    const { url, headers } = request;
    asked.resolve(readJson(request).then((body) => ({ url, key: headers.authorization, body })));
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  close = () => server.close();
  const modelUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/`;
  const converse = makeConverse({
    modelUrl,
    modelApiKey: 'k',
    modelName: 'local',
    newId: () => '1',
    monotonicMs: () => 0,
  });
  return { converse, asked: asked.promise };
}

const INPUT: ConverseInput = {
  system: [{ text: 'Be brief.' }],
  messages: [
    { role: 'user', content: [{ text: 'Hours?' }] },
    { role: 'assistant', content: [{ toolUse: { toolUseId: 't1', name: 'search', input: { query: 'hours' } } }] },
    {
      role: 'user',
      content: [{ toolResult: { toolUseId: 't1', content: [{ json: { text: '9 to 5' } }], status: 'success' } }],
    },
  ],
  toolConfig: {
    tools: [{ toolSpec: { name: 'search', description: 'Searches', inputSchema: { json: { type: 'object' } } } }],
  },
  inferenceConfig: { maxTokens: 100, temperature: 0 },
};

test('a Converse request becomes a chat completion and its answer a Converse response', async () => {
  const { converse, asked } = await chatServer(200, {
    choices: [
      {
        finish_reason: 'tool_calls',
        message: {
          content: null,
          tool_calls: [{ id: 'x', function: { name: 'search', arguments: '{"query":"sunday"}' } }],
        },
      },
    ],
    usage: { prompt_tokens: 10, completion_tokens: 4 },
  });
  const response = await converse('amazon.nova-pro-v1:0', INPUT);
  expect(await asked).toEqual({
    url: '/v1/chat/completions',
    key: 'Bearer k',
    body: {
      model: 'local',
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Hours?' },
        {
          role: 'assistant',
          content: null,
          tool_calls: [{ id: 't1', type: 'function', function: { name: 'search', arguments: '{"query":"hours"}' } }],
        },
        { role: 'tool', tool_call_id: 't1', content: '{"text":"9 to 5"}' },
      ],
      tools: [
        { type: 'function', function: { name: 'search', description: 'Searches', parameters: { type: 'object' } } },
      ],
      tool_choice: 'auto',
      max_tokens: 100,
      temperature: 0,
      stream: false,
    },
  });
  expect(response).toEqual({
    output: {
      message: {
        role: 'assistant',
        content: [{ toolUse: { toolUseId: 'x', name: 'search', input: { query: 'sunday' } } }],
      },
    },
    stopReason: 'tool_use',
    usage: { inputTokens: 10, outputTokens: 4, totalTokens: 14 },
    metrics: { latencyMs: 0 },
  });
});

test.each([
  [429, { error: 'busy' }, 'ThrottlingException'],
  [400, { error: 'bad' }, 'ValidationException'],
  [500, {}, 'ServiceUnavailableException'],
  [200, { nonsense: true }, 'ServiceUnavailableException'],
])('a server that answers %i %j stands for %s', async (status, body, name) => {
  const { converse } = await chatServer(status, body);
  await expect(converse('m', INPUT)).rejects.toMatchObject({ name });
});

test('an answer streams as the events of ConverseStream, tool calls included', () => {
  const usage = { inputTokens: 1, outputTokens: 2, totalTokens: 3 };
  const events = streamEvents({
    output: {
      message: {
        role: 'assistant',
        content: [{ text: 'One moment.' }, { toolUse: { toolUseId: 't', name: 'search', input: { a: 1 } } }],
      },
    },
    stopReason: 'tool_use',
    usage,
    metrics: { latencyMs: 5 },
  });
  expect(events).toEqual([
    { messageStart: { role: 'assistant' } },
    { contentBlockDelta: { contentBlockIndex: 0, delta: { text: 'One ' } } },
    { contentBlockDelta: { contentBlockIndex: 0, delta: { text: 'moment.' } } },
    { contentBlockStop: { contentBlockIndex: 0 } },
    { contentBlockStart: { contentBlockIndex: 1, start: { toolUse: { toolUseId: 't', name: 'search' } } } },
    { contentBlockDelta: { contentBlockIndex: 1, delta: { toolUse: { input: '{"a":1}' } } } },
    { contentBlockStop: { contentBlockIndex: 1 } },
    { messageStop: { stopReason: 'tool_use' } },
    { metadata: { usage, metrics: { latencyMs: 5 } } },
  ]);
});
