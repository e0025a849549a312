import {
  checkHours,
  compare,
  disconnect,
  HANDOFF_ATTRIBUTES,
  invoke,
  listen,
  log,
  loop,
  menu,
  say,
  setAttributes,
  setQueue,
  transfer,
  waitForBot,
} from './actions.ts';
import { FLOW_VERSION, type Flow, type FlowAction } from './flow-language.ts';

/** What the flows of an agent are made of; ARNs are those of the instance the flow lives in. */
export interface FlowPlan {
  readonly businessName: string;
  /** What people ask about, at most `MAX_TOPICS`; each gets a key. */
  readonly topics: readonly string[];
  /** The function `answer-contact`. */
  readonly lambdaArn: string;
  readonly hoursOfOperationArn: string;
  /** Where people answer. */
  readonly queueArn: string;
  /** A Lex V2 bot with the intents of `LEX_INTENTS`; with it callers speak, without it they press keys. */
  readonly lexBotAliasArn?: string;
}

/** Keys 1 to 8 are topics, 0 is a person. */
export const MAX_TOPICS = 8;

/** Intents that the flow branches by; `question` must fill the slot `utterance` (type AMAZON.FreeFormInput). */
const LEX_INTENTS = { question: 'Question', person: 'Person', goodbye: 'Goodbye' } as const;

/** What the flow tells `answer-contact` (`Details.Parameters.event`), and what it answers (`next`). */
export const CONTACT_EVENTS = ['begin', 'ask', 'person'] as const;
export const CONTACT_NEXT = ['listen', 'hold', 'person', 'end'] as const;
export type ContactNext = (typeof CONTACT_NEXT)[number];

/** Questions by key in one call; a call that goes on beyond has lost its caller. */
const MAX_ROUNDS = 25;
/** Chats live a day unless they are told otherwise (`StartChatContact`, ChatDurationInMinutes). */
const CHAT_SECONDS = 86_400;

const MESSAGE = '$.External.message';
const NEXT = '$.External.next';

/** A telephone call. */
export const voiceFlow = (plan: FlowPlan): Flow => {
  const rounds = plan.lexBotAliasArn === undefined ? 'rounds' : 'listen';
  return flow([
    log('log', 'begin'),
    invoke('begin', plan.lambdaArn, { event: 'begin' }, 'begin-decide', 'greeting'),
    compare('begin-decide', NEXT, { end: 'last-words' }, 'greeting'),
    say('greeting', `Welcome to ${spoken(plan.businessName)}.`, 'hours'),
    checkHours('hours', plan.hoursOfOperationArn, { open: 'open', closed: 'closed' }),
    say('closed', 'Our team is not here at the moment, but I can help you myself.', 'open'),
    setAttributes('open', { turn: '0', prompt: promptOf(plan) }, rounds, 'trouble'),
    ...(plan.lexBotAliasArn === undefined ? [] : listening(plan.lexBotAliasArn)),
    ...byKeys(plan),
    invoke(
      'ask',
      plan.lambdaArn,
      { event: 'ask', text: '$.Attributes.question', turn: '$.Attributes.turn' },
      'keep',
      'trouble',
    ),
    setAttributes('keep', { turn: '$.External.turn', prompt: MESSAGE }, 'decide', 'trouble'),
    compare(
      'decide',
      NEXT,
      { listen: rounds === 'listen' ? 'listen' : 'answer', hold: 'hold', person: 'words', end: 'last-words' },
      'trouble',
    ),
    ...(rounds === 'listen' ? [] : [say('answer', MESSAGE, 'rounds')]),
    say('hold', MESSAGE, 'ask'),
    invoke('person', plan.lambdaArn, { event: 'person', turn: '$.Attributes.turn' }, 'words', 'queue-hours'),
    say('words', MESSAGE, 'handoff'),
    setAttributes('handoff', fromExternal(), 'queue-hours', 'queue-hours'),
    say('trouble', 'I am sorry, something went wrong. Let me find somebody who can help you.', 'queue-hours'),
    say('bye', `Thank you for calling ${spoken(plan.businessName)}. Goodbye.`, 'end'),
    ...toPeople(plan),
  ]);
};

const listening = (lexBotAliasArn: string): readonly FlowAction[] => [
  listen('listen', {
    text: '$.Attributes.prompt',
    lexBotAliasArn,
    intents: { [LEX_INTENTS.question]: 'heard', [LEX_INTENTS.person]: 'person', [LEX_INTENTS.goodbye]: 'bye' },
    silent: 'rounds',
    wrong: 'rounds',
    failed: 'rounds',
  }),
  setAttributes('heard', { question: '$.Lex.Slots.utterance' }, 'ask', 'trouble'),
];

/** Offered where the SOP names no topics: whoever can only press keys must be able to ask. */
const GENERAL_TOPIC = 'general questions';

/** Keys: the way of asking without a bot, and the way out of one that does not understand. */
const byKeys = ({ topics, businessName }: FlowPlan): readonly FlowAction[] => {
  const offered = topics.length === 0 ? [GENERAL_TOPIC] : topics;
  const numbered = offered.slice(0, MAX_TOPICS).map((topic, at) => ({ topic: spoken(topic), key: String(at + 1) }));
  const choices = numbered.map(({ topic, key }) => `For ${topic}, press ${key}.`);
  return [
    loop('rounds', MAX_ROUNDS, 'menu', 'bye'),
    menu('menu', {
      text: [...choices, 'To speak with a person, press 0. To end the call, press the star key.'].join(' '),
      keys: { ...Object.fromEntries(numbered.map(({ key }) => [key, `topic-${key}`])), '0': 'person', '*': 'bye' },
      silent: 'rounds',
      wrong: 'not-understood',
      failed: 'trouble',
    }),
    say('not-understood', 'I am sorry, this key has no meaning here.', 'rounds'),
    ...numbered.map(({ topic, key }) =>
      setAttributes(
        `topic-${key}`,
        { question: `I have a question about ${topic} at ${spoken(businessName)}.` },
        'ask',
        'trouble',
      ),
    ),
  ];
};

/** A chat of a web page or an SMS: the function brings a bot into it, which answers until it leaves for a person. */
export const chatFlow = (plan: FlowPlan & { readonly account: string }): Flow =>
  flow([
    // A function must not come first in a chat (adminguide, "Customize chat flow experiences").
    log('log', 'greeting'),
    say('greeting', `Welcome to ${spoken(plan.businessName)}. ${promptOf(plan)}`, 'hours'),
    checkHours('hours', plan.hoursOfOperationArn, { open: 'begin', closed: 'closed' }),
    say('closed', 'Our team is not here at the moment, but I can help you myself.', 'begin'),
    invoke('begin', plan.lambdaArn, { event: 'begin', account: plan.account }, 'decide', 'trouble'),
    compare('decide', NEXT, { listen: 'wait', end: 'last-words' }, 'trouble'),
    waitForBot('wait', CHAT_SECONDS, { left: 'queue-hours', over: 'bye', failed: 'trouble' }),
    say('trouble', 'I am sorry, something went wrong. Let me find somebody who can help you.', 'queue-hours'),
    say('bye', `Thank you for writing to ${spoken(plan.businessName)}. Goodbye.`, 'end'),
    ...toPeople(plan),
  ]);

/** A chat that began elsewhere (WhatsApp, a page's inbox) and goes to a person; its attributes came with it. */
export const handoffFlow = (plan: Pick<FlowPlan, 'hoursOfOperationArn' | 'queueArn'>): Flow => {
  const people = toPeople(plan).filter(({ Identifier }) => Identifier !== 'last-words');
  return flow([log('log', 'queue-hours'), ...people]);
};

const toPeople = ({
  hoursOfOperationArn,
  queueArn,
}: Pick<FlowPlan, 'hoursOfOperationArn' | 'queueArn'>): readonly FlowAction[] => [
  checkHours('queue-hours', hoursOfOperationArn, { open: 'queue', closed: 'away' }),
  setQueue('queue', queueArn, 'transfer', 'sorry'),
  transfer('transfer', { next: 'end', full: 'busy', failed: 'sorry' }),
  say('away', 'Nobody of our team is here at the moment. Please contact us again during our hours.', 'end'),
  say('busy', 'All of our team are busy. Please contact us again a little later.', 'end'),
  say('sorry', 'I am sorry, nobody can be reached at the moment. Please contact us again later.', 'end'),
  say('last-words', MESSAGE, 'end'),
  disconnect('end'),
];

const fromExternal = (): Readonly<Record<string, string>> =>
  Object.fromEntries(HANDOFF_ATTRIBUTES.map((name) => [name, `$.External.${name}`]));

const promptOf = ({ topics }: FlowPlan): string => {
  const known = topics.slice(0, MAX_TOPICS).map(spoken);
  return known.length === 0 ? 'How can I help you?' : `How can I help you? You can ask about ${listed(known)}.`;
};

const listed = (words: readonly string[]): string =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;

/** A tenant's words must not be read as a path of the language, nor break off a sentence. */
const spoken = (text: string): string => text.replaceAll('$', '').replaceAll(/\s+/g, ' ').trim() || 'us';

const flow = (actions: readonly FlowAction[]): Flow => ({
  Version: FLOW_VERSION,
  StartAction: actions[0]?.Identifier ?? '',
  Actions: actions,
});
