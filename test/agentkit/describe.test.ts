import { expect, test } from 'vitest';
import { MAX_PROMPT_CHARACTERS, renderPrompt } from '../../agentkit/creator/render-prompt.ts';
import type { Specification } from '../../agentkit/creator/specification.ts';
import { defineAgent, handOffToHuman, say, searchKnowledge } from '../../agentkit/kit/index.ts';
import { describeAgent } from '../../agentkit/runtime/describe.ts';
import { AgentSelfSchema } from '../../shared/messages/self-schemas.ts';
import { splitIntoClauses } from '../../shared/sop/clauses.ts';

const SOP = `- Greet with "Hello, this is the bakery."
- To order a cake, ask for the date, then confirm.
- Never promise a discount.
- When the customer is angry, hand over to a person.`;

const SPECIFICATION: Specification = {
  greeting: { text: 'Hello, this is the bakery.', clauseIds: ['c1'] },
  style: [],
  guidance: [],
  procedures: [
    {
      name: 'order_cake',
      description: 'Wants to order a cake',
      fields: [{ name: 'day', label: 'day', kind: 'date', required: true }],
      rules: [],
      otherwise: { kind: 'say', text: 'It is ordered.' },
      clauseIds: ['c2'],
    },
  ],
  refusals: [{ topic: 'a discount', reply: 'I cannot promise one.', clauseIds: ['c3'] }],
  handoff: { triggers: [{ text: 'the customer is angry', clauseIds: ['c4'] }] },
  knowledge: { description: 'Cakes', clauseIds: [] },
};

const OPTIONS = { agentName: 'Bakery', knowledgeDescription: 'Cakes and prices', handoffDescription: 'On request' };

const agent = defineAgent({
  name: 'Bakery',
  greeting: SPECIFICATION.greeting,
  style: [],
  clauses: splitIntoClauses(SOP),
  refusals: SPECIFICATION.refusals,
  tools: [
    searchKnowledge({ name: 'search_knowledge', description: 'Looks up facts.', clauseIds: [] }),
    {
      name: 'order_cake',
      description: 'Wants to order a cake',
      clauseIds: ['c2'],
      inputSchema: { type: 'object', properties: {}, required: [], additionalProperties: false },
      run: () => say('It is ordered.'),
    },
    handOffToHuman({ name: 'hand_off_to_human', description: 'A person takes over.', clauseIds: ['c4'] }),
  ],
});

const self = () =>
  describeAgent(
    {
      definition: agent,
      prompt: renderPrompt(SPECIFICATION, { ...OPTIONS, maxCharacters: MAX_PROMPT_CHARACTERS }),
      files: [{ path: 'cakes.md', description: 'All cakes\nand their prices' }],
      agentType: 'voice',
    },
    3,
  );

test('an agent tells a call how to speak, in sentences, with the tools that a call has', () => {
  expect(self().prompt.trim().split('\n')).toEqual([
    'You are Bakery. You speak with customers on the phone and in writing.',
    'Speak in short, natural sentences. Give one piece of information at a time and ask one question at a time.',
    'Never read out lists, symbols or web addresses. Say numbers and dates as a person would.',
    'Say codes and long numbers one character at a time on the phone, and repeat back once what you were given.',
    'If the customer interrupts, stop and answer what was said last. If you did not understand, ask once more.',
    'Open the conversation with: "Hello, this is the bakery."',
    'Use the tool searchKnowledge for questions of fact. Cakes and prices.',
    'Answer only from what the tools return and from these rules. If you do not know, say so and offer a colleague.',
    'If a tool takes a moment, say so in a few words. When nothing is left to do, thank the customer and say goodbye.',
    'Use the tool askAgent for this: Wants to order a cake.',
    'If the customer asks for a discount, say: "I cannot promise one."',
    'Use the tool handoffToHuman to pass the customer to a colleague. On request.',
    'Hand over in this case: the customer is angry.',
  ]);
});

test('an agent names its greeting, its version and what it may be asked about', () => {
  const { prompt: _prompt, ...rest } = AgentSelfSchema.parse(JSON.parse(JSON.stringify(self())));
  expect(rest).toEqual({
    greeting: 'Hello, this is the bakery.',
    agentName: 'Bakery',
    agentVersion: 3,
    topics: ['Wants to order a cake', 'All cakes and their prices'],
  });
});
