import { afterEach, describe, expect, it } from 'vitest';
import { providerNetwork } from '../../../../shared/providers/provider-network.ts';
import { openAiMind } from '../../../../shared/voice/engines/cascade/llm-openai.ts';
import type { ChatMessage } from '../../../../shared/voice/engines/cascade/ports.ts';
import { openAiEars } from '../../../../shared/voice/engines/cascade/stt-openai.ts';
import { openAiMouth } from '../../../../shared/voice/engines/cascade/tts-openai.ts';
import { EngineError } from '../../../../shared/voice/engines/speech-engine.ts';
import { delta, openAiServer, sse } from '../support/openai-server.ts';

const network = providerNetwork('public-and-loopback');
let stop: (() => Promise<void>) | undefined;
afterEach(() => stop?.());

const serve = async (answer: Parameters<typeof openAiServer>[0]) => {
  const server = await openAiServer(answer);
  stop = server.close;
  return { ...server, service: { apiUrl: server.apiUrl, model: 'm', apiKey: () => Promise.resolve('sk-1'), network } };
};

const all = async <Item>(items: AsyncIterable<Item>): Promise<(Item | string)[]> => {
  const seen: (Item | string)[] = [];
  try {
    for await (const item of items) seen.push(item);
  } catch (error) {
    seen.push(error instanceof EngineError ? error.kind : String(error));
  }
  return seen;
};

const ask = (
  messages: readonly ChatMessage[] = [{ role: 'user', text: 'Hi' }],
  signal = new AbortController().signal,
) => ({
  system: 'Be kind.',
  messages,
  tools: [{ name: 'askAgent', description: 'Asks.', inputSchema: { type: 'object' } }],
  signal,
});

describe('a mind with the interface of OpenAI', () => {
  it('answers in pieces cut anywhere, with tool calls gathered by their index, and its bill', async () => {
    const text = sse(
      delta({ role: 'assistant', content: '' }),
      delta({ content: 'Grüße. ' }),
      delta({ tool_calls: [{ index: 0, id: 'c0', function: { name: 'askAgent', arguments: '{"que' } }] }),
      delta({ tool_calls: [{ index: 1, id: 'c1', function: { name: 'askAgent', arguments: '' } }] }),
      delta({ tool_calls: [{ index: 0, function: { arguments: 'stion":"a"}' } }] }),
      delta({}, 'tool_calls'),
      { choices: [], usage: { prompt_tokens: 12, completion_tokens: 3 } },
      '[DONE]',
    );
    const { service, requests } = await serve(async (_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const bytes = Buffer.from(text);
      for (let start = 0; start < bytes.length; start += 7) {
        response.write(bytes.subarray(start, start + 7));
        await new Promise((resolve) => setImmediate(resolve));
      }
      response.end();
    });
    const messages: ChatMessage[] = [
      { role: 'user', text: 'Hi' },
      { role: 'note', text: 'Be brief.' },
      { role: 'assistant', text: '', toolUses: [{ toolUseId: 'a', name: 'askAgent', input: { q: 1 } }] },
      { role: 'tool', results: [{ toolUseId: 'a', content: { answer: 'nine' } }] },
      { role: 'assistant', text: 'Nine.', toolUses: [] },
      { role: 'user', text: 'Thanks' },
    ];
    expect(await all(openAiMind(service).answer(ask(messages)))).toEqual([
      { type: 'text', text: 'Grüße. ' },
      { type: 'billed', inputTokens: 12, outputTokens: 3 },
      { type: 'tool-use', toolUseId: 'c0', name: 'askAgent', input: { question: 'a' } },
      { type: 'tool-use', toolUseId: 'c1', name: 'askAgent', input: {} },
    ]);
    expect(
      requests.map(({ path, authorization, body }) => ({ path, authorization, ...JSON.parse(body.toString()) })),
    ).toEqual([
      {
        path: '/v1/chat/completions',
        authorization: 'Bearer sk-1',
        model: 'm',
        stream: true,
        stream_options: { include_usage: true },
        max_tokens: 1024,
        messages: [
          { role: 'system', content: 'Be kind.' },
          {
            role: 'user',
            content:
              'Hi\n[Instruction from the system; the caller does not hear it and you do not mention it: Be brief.]',
          },
          {
            role: 'assistant',
            content: null,
            tool_calls: [{ id: 'a', type: 'function', function: { name: 'askAgent', arguments: '{"q":1}' } }],
          },
          { role: 'tool', tool_call_id: 'a', content: '{"answer":"nine"}' },
          { role: 'assistant', content: 'Nine.' },
          { role: 'user', content: 'Thanks' },
        ],
        tools: [
          { type: 'function', function: { name: 'askAgent', description: 'Asks.', parameters: { type: 'object' } } },
        ],
      },
    ]);
  });

  it.each([
    ['refuses the key', 401, '{}', ['denied']],
    ['is asked too much', 429, '{}', ['throttled']],
    ['has no money left', 429, '{"error":{"code":"insufficient_quota"}}', ['quota']],
    ['refuses the words', 400, '{"error":{"code":"content_filter"}}', ['filtered']],
    ['does not know the model', 404, '{}', ['invalid']],
    ['is down', 503, '<html>', ['unavailable']],
    ['answers with a page', 200, '<html>Welcome</html>', ['unavailable']],
    ['answers with no protocol', 200, sse('{"choices":7}'), ['unavailable']],
    ['claims a thousand tools', 200, sse(delta({ tool_calls: [{ index: 1000 }] })), ['unavailable']],
    [
      'fails in its middle',
      200,
      sse(delta({ content: 'A' }), { error: { message: 'x' } }),
      [{ type: 'text', text: 'A' }, 'unavailable'],
    ],
    ['breaks off', 200, sse(delta({ content: 'A' })), [{ type: 'text', text: 'A' }, 'unavailable']],
    ['is silenced', 200, sse(delta({}, 'content_filter'), '[DONE]'), ['filtered']],
  ])('is classified when it %s', async (_, status, body, expected) => {
    const { service } = await serve((_request, response) => {
      response.writeHead(status);
      response.end(body);
    });
    expect(await all(openAiMind(service).answer(ask()))).toEqual(expected);
  });

  it('is unavailable when its connection breaks, or nobody listens', async () => {
    const { service, close } = await serve((_, response) => {
      response.write(sse(delta({ content: 'A' })), () => response.destroy());
    });
    const broken = await all(openAiMind(service).answer(ask()));
    await close();
    expect([broken.at(-1), await all(openAiMind(service).answer(ask()))]).toEqual(['unavailable', ['unavailable']]);
  });

  it('falls silent, without an error, when it is cut off', async () => {
    const kill = new AbortController();
    const { service } = await serve((_, response) => {
      response.write(sse(delta({ content: 'A' })));
    });
    const seen: unknown[] = [];
    for await (const event of openAiMind(service).answer(ask(undefined, kill.signal))) {
      seen.push(event);
      kill.abort();
    }
    expect(seen).toEqual([{ type: 'text', text: 'A' }]);
  });
});

describe('a mouth with the interface of OpenAI', () => {
  const speech = {
    text: 'Hello',
    voice: 'alloy',
    language: 'en-US',
    format: { encoding: 'pcm16', sampleRateHertz: 24_000 },
  } as const;
  const spoken = (service: Parameters<typeof openAiMouth>[0]) =>
    all(openAiMouth(service).speak({ ...speech, signal: new AbortController().signal }));

  it('gives whole samples, however the network cuts them', async () => {
    const { service, requests } = await serve(async (_, response) => {
      response.writeHead(200, { 'content-type': 'audio/pcm' });
      for (const part of [[1], [2, 3, 4], [5, 6]]) {
        response.write(Buffer.from(part));
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      response.end();
    });
    const pieces = (await spoken(service)) as Uint8Array[];
    expect(pieces.every(({ length }) => length % 2 === 0)).toBe(true);
    expect(Buffer.concat(pieces)).toEqual(Buffer.from([1, 2, 3, 4, 5, 6]));
    expect(JSON.parse(String(requests[0]?.body))).toEqual({
      model: 'm',
      voice: 'alloy',
      input: 'Hello',
      response_format: 'pcm',
    });
  });

  it('does not play an error page', async () => {
    const { service } = await serve((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end('{"error":"no"}');
    });
    expect(await spoken(service)).toEqual(['unavailable']);
  });
});

/** A tone of so many milliseconds at 16 kHz, or silence. */
const sound = (ms: number, amplitude: number): Uint8Array => {
  const samples = Int16Array.from({ length: ms * 16 }, (_, index) => Math.sin(index / 5) * amplitude);
  return new Uint8Array(samples.buffer);
};

describe('ears with the interface of OpenAI', () => {
  const open = (service: Parameters<typeof openAiEars>[0], signal = new AbortController().signal) =>
    openAiEars(service).open(
      { format: { encoding: 'pcm16', sampleRateHertz: 16_000 }, language: 'en-US', endpointing: 'high' },
      signal,
    );

  it('cut what is said out of the silence and have it written down, one utterance after the other', async () => {
    let count = 0;
    const { service, requests } = await serve((_, response) => {
      count += 1;
      response.end(count === 2 ? 'oops' : JSON.stringify({ text: `Utterance ${count}` }));
    });
    const hearing = await open(service);
    const heard: string[] = [];
    for (let turn = 0; turn < 3; turn += 1) {
      for (const audio of [sound(500, 20), sound(800, 8000), sound(700, 20)]) hearing.push(audio);
    }
    for await (const event of hearing.events) {
      heard.push(event.type === 'final' ? event.text : event.type);
      if (event.type === 'final' && event.text === 'Utterance 3') hearing.close();
    }
    expect(heard).toEqual([
      'speech-started',
      'speech-started',
      'speech-started',
      'billed',
      'Utterance 1',
      'failed',
      'billed',
      'Utterance 3',
    ]);
    const form = requests[0]?.body.toString('latin1') ?? '';
    expect(
      ['name="model"', 'name="language"', 'filename="utterance.wav"', 'RIFF'].filter((part) => !form.includes(part)),
    ).toEqual([]);
    // 300 ms and the onset before, 600 ms of pause after the 800 ms of speech.
    expect((requests[0]?.body.length ?? 0) / 32).toBeGreaterThan(1600);
  });

  it('break when the key is refused', async () => {
    const { service } = await serve((_, response) => {
      response.writeHead(401);
      response.end();
    });
    const hearing = await open(service);
    for (const audio of [sound(800, 8000), sound(700, 0)]) hearing.push(audio);
    expect(await all(hearing.events)).toEqual([{ type: 'speech-started' }, 'denied']);
  });

  it('hear nothing in silence, hum and clicks', async () => {
    const { service, requests } = await serve(() => undefined);
    const hearing = await open(service);
    for (let turn = 0; turn < 20; turn += 1) for (const audio of [sound(300, 60), sound(60, 9000)]) hearing.push(audio);
    hearing.close();
    expect([await all(hearing.events), requests]).toEqual([[], []]);
  });
});
