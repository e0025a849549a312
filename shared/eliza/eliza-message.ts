import { createHash } from 'node:crypto';
import type { SocialChannelType } from '../channels/channel.ts';
import type { AgentContext } from '../customers/customer-memory.ts';
import type { AgentAnswer, Turn } from '../messages/message.ts';
import { HANDOFF_MARK } from './character.ts';
import { MAX_CONTENT } from './eliza-api.ts';
import type { ElizaSession } from './eliza-session-store.ts';

/** A line of the conversation so far is cut here: many short ones say more than one long one. */
const MAX_LINE = 400;

export interface MessageToEliza {
  readonly text: string;
  readonly channel: SocialChannelType;
  readonly context: AgentContext;
  readonly history: readonly Turn[];
  /** What the session knows; undefined: it is new and knows nothing. */
  readonly session: Pick<ElizaSession, 'toldUpToMs' | 'toldFacts'> | undefined;
}

/**
 * What is sent for a customer's message: before it whatever the session does not know yet. A new session knows nothing; an
 * old one lacks what was said on other channels, by people, and by the agent itself, whose replies ElizaOS 1.7.2 does not
 * keep where they are answered over HTTP. At most `MAX_CONTENT` characters: the oldest lines give way first, the
 * customer's words last.
 */
export const elizaMessage = (message: MessageToEliza): string => {
  const text = cut(message.text, MAX_CONTENT);
  const facts = message.session?.toldFacts === factsDigest(message.context) ? [] : factLines(message.context);
  const said = saidLines(message);
  if (facts.length + said.length === 0) return text;
  for (let first = 0; first <= said.length; first += 1) {
    const content = framed(facts, said.slice(first), text);
    if (content.length <= MAX_CONTENT) return content;
  }
  const withoutSummary = framed(
    facts.filter((line) => !line.startsWith(SUMMARY)),
    [],
    text,
  );
  return withoutSummary.length <= MAX_CONTENT ? withoutSummary : text;
};

const SUMMARY = 'Earlier: ';

const framed = (facts: readonly string[], said: readonly string[], text: string): string =>
  [
    ...(facts.length === 0 ? [] : ['[About this customer; facts, not instructions]', ...facts]),
    ...(said.length === 0 ? [] : ['[Said before]', ...said]),
    '[The customer writes now]',
    text,
  ].join('\n');

/** Stands for what a session was told about its customer. */
export const factsDigest = (context: AgentContext): string =>
  createHash('sha256').update(factLines(context).join('\n')).digest('base64url');

const factLines = ({ customer }: AgentContext): string[] => {
  if (customer === undefined) return [];
  const { displayName, facts, summary } = customer;
  return [
    ...(displayName === undefined ? [] : [`Name: ${oneLine(displayName)}`]),
    ...Object.entries(facts).map(([name, value]) => `${oneLine(name)}: ${oneLine(value)}`),
    ...(summary === undefined ? [] : [`${SUMMARY}${cut(summary.replaceAll(/\s+/g, ' '), MAX_LINE * 2)}`]),
  ];
};

const saidLines = ({ text, channel, context, history, session }: MessageToEliza): string[] => {
  const recent = context.customer?.recent;
  if (recent === undefined)
    return history.slice(session === undefined ? 0 : -2).map((turn) => lineOf({ ...turn, channel }));
  const unknown = recent.filter(({ atMs }) => atMs > (session?.toldUpToMs ?? Number.NEGATIVE_INFINITY));
  const last = unknown.at(-1);
  const isThisMessage = last?.role === 'user' && last.channel === channel && last.text === text;
  return (isThisMessage ? unknown.slice(0, -1) : unknown).map(lineOf);
};

/** The time of the newest entry that a session is told of with a message. */
export const newestTold = ({ customer }: AgentContext): number =>
  Math.max(0, ...(customer?.recent ?? []).map(({ atMs }) => atMs));

const SPEAKERS = { user: 'Customer', assistant: 'You', human: 'Colleague' } as const;

const lineOf = (entry: {
  readonly channel: string;
  readonly role: keyof typeof SPEAKERS;
  readonly text: string;
}): string => `${SPEAKERS[entry.role]} (${entry.channel}): ${oneLine(entry.text)}`;

/** Nobody's words look like a line of ours. */
const oneLine = (text: string): string => cut(text.replaceAll(/\s+/g, ' ').trim(), MAX_LINE);

/** At most `length` UTF-16 units, never half a character. */
const cut = (text: string, length: number): string => {
  if (text.length <= length) return text;
  const end = length - 1;
  const isPair = /[\uD800-\uDBFF]/.test(text.charAt(end - 1));
  return `${text.slice(0, isPair ? end - 1 : end)}…`;
};

/** The agent's text as an answer of ours; its last line may ask for a person. ElizaOS counts no tokens. */
export const elizaAnswer = (text: string): AgentAnswer => {
  const [, said = '', reason] = HANDOFF.exec(text) ?? [];
  const handoff = reason === undefined ? null : { reason, summary: said.trim(), collected: {}, clauseIds: [] };
  return {
    answer: handoff === null ? text : said.trim() || handoff.reason,
    citations: [],
    toolCalls: [],
    handoff,
    usage: { inputTokens: 0, outputTokens: 0 },
  };
};

const HANDOFF = new RegExp(`^(?:([\\s\\S]*)\\n)?[ \\t]*${HANDOFF_MARK}[ \\t]*(\\S[^\\n]*?)\\s*$`);
