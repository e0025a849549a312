import type { ConversationEntry, Customer } from './customer.ts';
import type { AgentContext } from './customer-memory.ts';
import { extractOf } from './extract.ts';

type CustomerContext = NonNullable<AgentContext['customer']>;

/** Twenty questions and answers: what a model can still follow, as in a text session. */
const RECENT_ENTRIES = 40;
/** Read besides, where the summary lags behind; what is older still is in the summary or was never much. */
const MAX_LAGGING_ENTRIES = 160;
const MAX_RECENT_CHARACTERS = 12_000;
const MAX_ENTRY_CHARACTERS = 2000;
/** Of all that was said before the newest entries. */
export const MAX_SUMMARY_CHARACTERS = 2400;

/** How many of the newest entries a context is made from. */
export const entriesForContext = ({ nextEntry, summarizedBefore = 0 }: Customer): number =>
  Math.min(Math.max(RECENT_ENTRIES, nextEntry - summarizedBefore), RECENT_ENTRIES + MAX_LAGGING_ENTRIES);

/**
 * What an agent is told about a customer. `entries` are the newest, newest first. Whatever lies between the summary and
 * the entries told word for word is told in extracts: there is never a gap.
 */
export const customerContext = (customer: Customer, entries: readonly ConversationEntry[]): CustomerContext => {
  const recent = fitting(entries.slice(0, RECENT_ENTRIES));
  const { summarizedBefore = 0 } = customer;
  const between = entries.slice(recent.length).filter(({ entry }) => entry >= summarizedBefore);
  const summary = [customer.summary ?? '', extractOf(between.toReversed(), MAX_SUMMARY_CHARACTERS)]
    .filter((part) => part !== '')
    .join('\n')
    .slice(-2 * MAX_SUMMARY_CHARACTERS);
  return {
    ...(customer.displayName === undefined ? {} : { displayName: customer.displayName }),
    facts: customer.facts,
    ...(summary === '' ? {} : { summary }),
    recent: recent.toReversed(),
  };
};

/** As many of the newest as fit, newest first. */
const fitting = (entries: readonly ConversationEntry[]): CustomerContext['recent'] => {
  const chosen: CustomerContext['recent'][number][] = [];
  let room = MAX_RECENT_CHARACTERS;
  for (const { channel, role, text, atMs } of entries) {
    const shown = clipped(text, MAX_ENTRY_CHARACTERS);
    room -= shown.length;
    if (room < 0) break;
    chosen.push({ channel, role, text: shown, atMs });
  }
  return chosen;
};

/** Never half of a character: a lone surrogate is no Unicode. */
export const clipped = (text: string, characters: number): string =>
  text.length <= characters ? text : `${text.slice(0, characters - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
