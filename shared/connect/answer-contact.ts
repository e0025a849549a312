import * as z from 'zod';
import type { Agent } from '../agents/agent.ts';
import type { AgentKey, AgentStore } from '../agents/agent-store.ts';
import { answeringOf } from '../agents/answering.ts';
import type { ConnectChannelType } from '../channels/channel.ts';
import type { ChannelStore } from '../channels/channel-store.ts';
import type { Identity } from '../customers/customer.ts';
import type { Clock } from '../kernel/clock.ts';
import { text } from '../kernel/env.ts';
import { E164 } from '../telephony/phone-number.ts';
import { type ContactAnswer, ContactFlowEvent, flatAnswer, spokenText } from './contact-event.ts';
import type { ContactTurnAnswer, ContactTurnRequest, ContactTurns } from './contact-turns.ts';

export const AnswerContactEnv = z.object({
  AGENTS_TABLE: text,
  CHANNELS_TABLE: text,
  CONVERSATIONS_TABLE: text,
  CONTACT_TURN_FUNCTION: text,
  CONNECT_CHAT_TOPIC_ARN: text,
  MESSAGE_QUEUE_URL: text,
});

/** A chat that waits for the agent. */
export interface OpenedChat extends AgentKey {
  readonly channel: ConnectChannelType;
  readonly contactId: string;
  readonly instanceArn: string;
  readonly identity: Identity;
  readonly displayName: string;
}

export interface AnswerContactDeps {
  readonly channels: Pick<ChannelStore, 'findAccount'>;
  readonly agents: Pick<AgentStore, 'find'>;
  readonly turns: ContactTurns;
  /** Brings the agent into a chat, so that it hears what is written and what was written already. */
  readonly openChat: (chat: OpenedChat) => Promise<void>;
  readonly clock: Clock;
  readonly pause: (ms: number) => Promise<unknown>;
}

/** Connect waits 8 s, the time it takes to reach us and to start included; a cold start alone may take one. */
const ANSWER_WITHIN_MS = 6000;
/** Between two looks at a turn that another invocation is still at. */
const BUSY_PAUSE_MS = 300;
/** With those 6 s and the phrase, about a minute; no agent takes longer and still answers. */
const MAX_HOLDS = 7;

const PHRASES = {
  holding: ['One moment please, I am looking that up.', 'Thank you for your patience, I am still looking.'],
  gone: 'This number is not in service at the moment. Goodbye.',
  lost: 'I am sorry, I cannot find that out at the moment. Let me find somebody who can help you.',
  person: 'Let me connect you with one of our team.',
} as const;

/**
 * What a flow of ours asks (docs/adr/0041-one-connect-instance-a-stage.md): whose number was dialled and whether it is
 * answered (`begin`), what the agent says (`ask`), what a person shall know (`person`). Answers in time, a phrase to hold
 * the line when the agent is slow; what it answers is flat. Throws what is worth the flow's error branch.
 */
export const answerContact =
  (deps: AnswerContactDeps) =>
  async (event: unknown): Promise<Readonly<Record<string, string>>> => {
    const startedMs = deps.clock.now();
    const contact = ContactFlowEvent.parse(event).Details;
    const found = await agentOf(deps, contact);
    const answering = answeringOf(found?.agent);
    if (found === undefined || !answering.answers) {
      const message = answering.answers || answering.reason !== 'paused' ? PHRASES.gone : answering.notice;
      return flatAnswer({ next: 'end', message, turn: '0' });
    }
    return flatAnswer(await EVENTS[contact.Parameters.event](deps, { contact, ...found, startedMs }));
  };

interface Asked {
  readonly contact: ContactFlowEvent['Details'];
  readonly agent: Agent;
  readonly channel: ConnectChannelType;
  readonly startedMs: number;
}

/** By the number that was dialled or written to; a chat of a page has none, and its flow names the account. */
const agentOf = async (
  { channels, agents }: AnswerContactDeps,
  { ContactData, Parameters }: ContactFlowEvent['Details'],
): Promise<Pick<Asked, 'agent' | 'channel'> | undefined> => {
  const number = E164.safeParse(ContactData.SystemEndpoint?.Address).data;
  const channel = channelOf(ContactData.Channel, number);
  const accountId = channel === 'chat' ? Parameters.account : number;
  if (accountId === undefined || accountId === null || accountId === '') return undefined;
  const owner = await channels.findAccount({ channelType: channel, accountId });
  const agent = owner === undefined ? undefined : await agents.find(owner);
  return agent === undefined ? undefined : { agent, channel };
};

const channelOf = (channel: string, number: string | undefined): ConnectChannelType => {
  if (channel === 'VOICE') return 'voice';
  return number === undefined ? 'chat' : 'sms';
};

type Handler = (deps: AnswerContactDeps, asked: Asked) => Promise<ContactAnswer>;

const begin: Handler = async ({ openChat }, { contact, agent, channel }) => {
  const { ContactId, InstanceARN } = contact.ContactData;
  if (channel !== 'voice') {
    await openChat({
      userId: agent.userId,
      agentId: agent.agentId,
      channel,
      contactId: ContactId,
      instanceArn: InstanceARN,
      identity: identityOf(contact),
      displayName: agent.character?.businessName ?? agent.agentName,
    });
  }
  return { next: 'listen', message: '', turn: '0' };
};

const ask: Handler = async (deps, { contact, agent, channel, startedMs }) => {
  const { ContactData, Parameters } = contact;
  const turn = turnOf(Parameters.turn);
  const said = Parameters.text?.trim() ?? '';
  if (said === '') return { next: 'listen', message: 'I am sorry, I did not hear you.', turn: String(turn.number) };
  const message = {
    userId: agent.userId,
    agentId: agent.agentId,
    channel,
    messageId: `${ContactData.InitialContactId ?? ContactData.ContactId}:${turn.number}`,
    identity: identityOf(contact),
    text: said,
    attachments: [],
    sentAtMs: startedMs,
  };
  const answer = await inTime(deps, { kind: 'ask', message }, startedMs);
  return answer === undefined ? held(turn) : answered(answer, turn.number + 1);
};

const person: Handler = async (deps, { contact, agent, channel, startedMs }) => {
  const { number } = turnOf(contact.Parameters.turn);
  const asked = {
    kind: 'person' as const,
    agent: { userId: agent.userId, agentId: agent.agentId },
    channel,
    identity: identityOf(contact),
  };
  const answer = await inTime(deps, asked, startedMs);
  return answer?.outcome === 'person'
    ? answered({ ...answer, text: PHRASES.person }, number)
    : { next: 'person', message: PHRASES.person, turn: String(number), ...blankAttributes(agent, channel) };
};

const EVENTS = { begin, ask, person } as const satisfies Record<string, Handler>;

/** A number the network vouches for is the same person everywhere; whoever withholds it is met anew in each contact. */
const identityOf = ({ ContactData }: ContactFlowEvent['Details']): Identity => {
  const number = E164.safeParse(ContactData.CustomerEndpoint?.Address);
  if (number.success) return { kind: 'phone', value: number.data };
  return { kind: 'chat', value: ContactData.InitialContactId ?? ContactData.ContactId };
};

interface Turn {
  readonly number: number;
  /** How often the caller was asked to hold for it. */
  readonly holds: number;
}

/** `3` is the fourth turn, `3.2` the same after two phrases to hold the line. */
const turnOf = (written: string | null | undefined): Turn => {
  const [, number = '0', holds = '0'] = /^(\d{1,6})(?:\.(\d{1,3}))?$/.exec(written ?? '') ?? [];
  return { number: Number(number), holds: Number(holds) };
};

const held = ({ number, holds }: Turn): ContactAnswer => {
  if (holds >= MAX_HOLDS) return { next: 'person', message: PHRASES.lost, turn: String(number + 1), ...NOTHING_KNOWN };
  const message = PHRASES.holding[Math.min(holds, PHRASES.holding.length - 1)] ?? '';
  return { next: 'hold', message, turn: `${number}.${holds + 1}` };
};

const answered = (answer: Exclude<ContactTurnAnswer, { outcome: 'busy' }>, turn: number): ContactAnswer => {
  const said = { message: spokenText(answer.text), turn: String(turn) };
  if (answer.outcome === 'person') return { ...answer.attributes, ...said, next: 'person' };
  return { ...said, next: answer.outcome === 'end' ? 'end' : 'listen' };
};

const NOTHING_KNOWN = {
  agentId: '',
  channel: '',
  customerId: '',
  summary: '',
  sentiment: 'NEUTRAL',
  collected: '{}',
  transcriptUrl: '',
};

const blankAttributes = ({ agentId }: Agent, channel: string) => ({ ...NOTHING_KNOWN, agentId, channel });

/** The turn's answer, asked for again while another invocation is at it; undefined when the time is over. */
const inTime = async (
  { turns, clock, pause }: AnswerContactDeps,
  request: ContactTurnRequest,
  startedMs: number,
): Promise<Exclude<ContactTurnAnswer, { outcome: 'busy' }> | undefined> => {
  for (;;) {
    const left = startedMs + ANSWER_WITHIN_MS - clock.now();
    if (left <= 0) return undefined;
    const answer = await turns.ask(request, left);
    if (answer?.outcome !== 'busy') return answer;
    await pause(BUSY_PAUSE_MS);
  }
};
