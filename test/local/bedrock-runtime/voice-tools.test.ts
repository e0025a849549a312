import type { Message } from '@aws-sdk/client-bedrock-runtime';
import { expect, test } from 'vitest';
import { makeConverse } from '../../../local/services/bedrock-runtime/engine/index.ts';

const converse = makeConverse({ newId: () => '1', monotonicMs: () => 0 });

const tool = (name: string, description: string, ...required: string[]) => ({
  toolSpec: {
    name,
    description,
    inputSchema: {
      json: {
        type: 'object',
        properties: Object.fromEntries(required.map((key) => [key, { type: 'string' }])),
        required,
      },
    },
  },
});
const tools = [
  tool('askAgent', 'Answers what the caller asks or wants done.', 'question'),
  tool('searchKnowledge', 'Finds passages of the documents.', 'query'),
  tool('handoffToHuman', 'Passes the caller to a person.', 'reason', 'summary'),
  tool('endCall', 'Hangs up.', 'reason'),
];
const system = [{ text: 'You answer the phone of Nordlicht.\nGreet with "Nordlicht, good day."' }];

const reply = async (...messages: Message[]) => {
  const { output } = await converse('amazon.nova-2-sonic-v1:0', { system, messages, toolConfig: { tools } });
  const [block] = output?.message?.content ?? [];
  return block?.toolUse ? [block.toolUse.name, block.toolUse.input] : block?.text;
};
const user = (text: string): Message => ({ role: 'user', content: [{ text }] });
const used = (name: string, result: object): Message[] => [
  { role: 'assistant', content: [{ toolUse: { toolUseId: name, name, input: {} } }] },
  { role: 'user', content: [{ toolResult: { toolUseId: name, content: [{ text: JSON.stringify(result) }] } }] },
];

test.each([
  ['How long do I have to return a mattress?', ['askAgent', { question: 'How long do I have to return a mattress?' }]],
  ['Okay, my order number is 4271.', ['askAgent', { question: 'Okay, my order number is 4271.' }]],
  ['Yes.', ['askAgent', { question: 'Yes.' }]],
  [
    'Let me speak to a human.',
    ['handoffToHuman', { reason: 'The customer asks for a person.', summary: 'Let me speak to a human.' }],
  ],
  ["That's all, thank you. Goodbye!", ['endCall', { reason: 'The customer said goodbye.' }]],
  ['Bye.', ['endCall', { reason: 'The customer said goodbye.' }]],
  ["That's all I know, is it enough?", ['askAgent', { question: "That's all I know, is it enough?" }]],
  ['Hello there.', 'Nordlicht, good day.'],
  ['Thank you very much.', "You're welcome. Is there anything else I can help you with?"],
  ['Say exactly this, word for word: "Hello, "Nordlicht" here. Ask away!"', 'Hello, "Nordlicht" here. Ask away!'],
])('on the phone, "%s" is met with %j', async (text, expected) => {
  expect(await reply(user(text))).toEqual(expected);
});

test('the answer of the agent is what is said', async () => {
  const result = { answer: 'You have thirty days.', handoff: null, clauseIds: ['c1'] };
  expect(await reply(user('How long?'), ...used('askAgent', result))).toBe('You have thirty days.');
});

test('an agent that wants a person to take over is obeyed, and its words are said then', async () => {
  const handoff = { reason: 'Legal.', summary: 'He wants to sue.' };
  const asked = used('askAgent', { answer: 'A colleague will help you.', handoff });
  expect([
    await reply(user('I will sue you.'), ...asked),
    await reply(user('I will sue you.'), ...asked, ...used('handoffToHuman', { ok: true })),
  ]).toEqual([['handoffToHuman', handoff], 'A colleague will help you.']);
});

test('a failed tool is apologized for, and the end of the call is a goodbye', async () => {
  const failed: Message[] = [
    { role: 'assistant', content: [{ toolUse: { toolUseId: 't', name: 'askAgent', input: {} } }] },
    { role: 'user', content: [{ toolResult: { toolUseId: 't', status: 'error', content: [{ text: '{}' }] } }] },
  ];
  expect([
    await reply(user('How long?'), ...failed),
    await reply(user('Bye.'), ...used('endCall', { ok: true })),
  ]).toEqual([
    "I'm sorry, something went wrong while I was looking that up. Please try again.",
    'Thank you for calling. Goodbye.',
  ]);
});
