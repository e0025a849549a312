import { afterEach, expect, test } from 'vitest';
import { MindModel } from '../../agentkit/host/mind-model.ts';
import { defineAgent, handOffToHuman, searchKnowledge } from '../../agentkit/kit/index.ts';
import { answerMessage } from '../../agentkit/runtime/answer-message.ts';
import { answerRequest, parseRequest } from '../../agentkit/runtime/requests.ts';
import { askMind } from '../../shared/providers/ask-mind.ts';
import { providerNetwork } from '../../shared/providers/provider-network.ts';
import { systemSessionClock } from '../../shared/voice/relay/system-session-clock.ts';
import { delta, openAiServer, sse } from '../voice/engines/support/openai-server.ts';

const definition = defineAgent({
  name: 'Library',
  greeting: { text: 'Hello', clauseIds: ['c1'] },
  style: [],
  clauses: [{ id: 'c1', text: 'Look things up.' }],
  refusals: [],
  tools: [
    searchKnowledge({ name: 'search_knowledge', description: 'Looks up facts.', clauseIds: ['c1'] }),
    handOffToHuman({ name: 'hand_off_to_human', description: 'A person takes over.', clauseIds: [] }),
  ],
});

let stop: (() => Promise<void>) | undefined;
afterEach(() => stop?.());

/** A deployed agent whose owner's language model is a real server that answers so, one round after the other. */
const agentWith = async (...rounds: readonly string[]) => {
  const left = [...rounds];
  const server = await openAiServer((_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).end(left.shift() ?? sse('[DONE]'));
  });
  stop = server.close;
  const ask = askMind({
    clock: systemSessionClock(),
    network: providerNetwork('public-and-loopback'),
    seal: { open: async (sealed) => sealed },
  });
  const answer = answerMessage({
    agent: { definition, prompt: 'You are a librarian.', files: [], agentType: 'text' },
    modelOf: (mind, leftMs) => {
      if (mind === undefined) throw new Error('The runtime’s own model was not meant.');
      return new MindModel({ mind, userId: 'u1', maxTokens: 800, ask, leftMs });
    },
    search: async () => [{ path: 'loans.md', text: 'Books may be kept for four weeks.', score: 0.9 }],
    now: () => Date.parse('2026-11-21T10:00:00Z'),
    monotonicMs: () => 0,
  });
  const self = { prompt: 'p', greeting: undefined, agentName: 'Library', agentVersion: 1, topics: [] };
  const carryOut = answerRequest({ self, search: async () => [], answer });
  const mind = {
    llm: { provider: 'openai-compatible' as const, apiUrl: server.apiUrl, model: 'a-model-of-theirs' },
    sealedKey: 'sk-1',
  };
  const history = [
    { role: 'user', text: 'Hi' },
    { role: 'assistant', text: 'Hello' },
  ];
  const message = { type: 'message', sessionId: 's1', text: 'How long may I keep a book?', history, mind };
  return {
    requests: server.requests,
    answer: () => carryOut(parseRequest(message), new AbortController().signal),
  };
};

const call = (name: string, json: string) =>
  delta({ tool_calls: [{ index: 0, id: 'call_1', function: { name, arguments: json } }] });
const bill = (prompt: number, completion: number) => ({
  choices: [],
  usage: { prompt_tokens: prompt, completion_tokens: completion },
});

test('a language model of the owner’s choice uses the agent’s tools, and its answer is cited, counted and priced', async () => {
  const { answer, requests } = await agentWith(
    sse(call('search_knowledge', '{"query":"keep a book"}'), delta({}, 'tool_calls'), bill(100, 10), '[DONE]'),
    sse(delta({ content: 'Four weeks [1].' }), delta({}, 'stop'), bill(150, 5), '[DONE]'),
  );
  expect(await answer()).toEqual({
    answer: 'Four weeks [1].',
    citations: [{ marker: 1, path: 'loans.md', excerpt: 'Books may be kept for four weeks.', score: 0.9 }],
    toolCalls: [
      {
        name: 'search_knowledge',
        input: { query: 'keep a book' },
        status: 'success',
        clauseIds: ['c1'],
        durationMs: 0,
      },
    ],
    handoff: null,
    // Nobody knows the price: that of a dear model.
    usage: { inputTokens: 250, outputTokens: 15, modelId: 'a-model-of-theirs', costMicroUsd: 1625, priceKnown: false },
  });
  const [first, second] = requests.map(({ authorization, body }) => ({ authorization, ...JSON.parse(String(body)) }));
  expect([first.authorization, first.model, first.messages.map(({ role }: { role: string }) => role)]).toEqual([
    'Bearer sk-1',
    'a-model-of-theirs',
    ['system', 'user', 'assistant', 'user'],
  ]);
  expect(first.tools.map(({ function: { name } }: { function: { name: string } }) => name)).toEqual([
    'search_knowledge',
    'hand_off_to_human',
  ]);
  expect(second.messages.slice(-2)).toMatchObject([
    { role: 'assistant', tool_calls: [{ id: 'call_1', function: { name: 'search_knowledge' } }] },
    { role: 'tool', tool_call_id: 'call_1', content: expect.stringContaining('four weeks') },
  ]);
});

test('one that lies about tools and their arguments is told so by them, and may still answer', async () => {
  const { answer } = await agentWith(
    sse(call('no_such_tool', '{}'), delta({}, 'tool_calls'), '[DONE]'),
    sse(call('search_knowledge', '{"query": ['), delta({}, 'tool_calls'), '[DONE]'),
    sse(delta({ content: 'I do not know.' }, 'stop'), '[DONE]'),
  );
  expect(await answer()).toMatchObject({ answer: 'I do not know.' });
});

test('one that fails is told of by its fault, in an answer: a status would not reach the caller', async () => {
  const lying = await agentWith('data: {"choices": 7}\n\n');
  expect(await lying.answer()).toEqual({
    failure: { fault: 'misbehaved', message: 'The service answers in words that are none of the protocol.' },
  });
});
