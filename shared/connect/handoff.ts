import type { AgentContext } from '../customers/customer-memory.ts';
import type { Handoff } from '../messages/message.ts';
import { clippedText } from './contact-event.ts';
import type { HandoffAttribute } from './flow/actions.ts';
import { sentimentOf } from './sentiment.ts';

/** Contact attributes may have 32 KB in all (adminguide, "Use contact attributes"); these are well below, names included. */
const MAX_SUMMARY = 4000;
const MAX_COLLECTED_BYTES = 8000;

export interface HandedOver {
  readonly agentId: string;
  readonly channel: string;
  readonly customerId: string;
  /** Why the agent gives the conversation away; absent where the customer asked for a person. */
  readonly handoff: Handoff | null;
  readonly customer: NonNullable<AgentContext['customer']>;
  /** Base address of the API: `https://api.example.com`. */
  readonly apiUrl: string;
}

/** What a person is shown when the conversation reaches them, all texts, below 32 KB. */
export const handoffAttributes = (handed: HandedOver): Readonly<Record<HandoffAttribute, string>> => {
  const { agentId, channel, customerId, handoff, customer, apiUrl } = handed;
  const said = customer.recent.filter(({ role }) => role === 'user').map(({ text }) => text);
  return {
    agentId,
    channel,
    customerId,
    summary: clippedText(summaryOf(handoff, customer), MAX_SUMMARY),
    sentiment: sentimentOf(said),
    collected: collectedOf({ ...customer.facts, ...handoff?.collected }),
    transcriptUrl: `${apiUrl}/api/v1/customers/${customerId}`,
  };
};

/** The agent's own words, else what is known of the conversation, else the customer's last words. */
const summaryOf = (handoff: Handoff | null, { summary, recent }: HandedOver['customer']): string => {
  if (handoff !== null) return [handoff.reason, handoff.summary].filter((part) => part !== '').join('\n');
  const last = recent
    .slice(-6)
    .map(({ role, text }) => `${role === 'user' ? 'Customer' : 'Agent'}: ${clippedText(text, 400)}`);
  return (
    [summary ?? '', ...last].filter((part) => part !== '').join('\n') || 'The customer asked for a person at once.'
  );
};

/** As JSON; what does not fit is left out, whole entries at a time. */
const collectedOf = (facts: Readonly<Record<string, string>>): string => {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(facts)) {
    const more = { ...kept, [name]: clippedText(value, 1000) };
    if (Buffer.byteLength(JSON.stringify(more)) <= MAX_COLLECTED_BYTES) Object.assign(kept, more);
  }
  return JSON.stringify(kept);
};
