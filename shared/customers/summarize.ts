import { type Clock, nowSeconds } from '../kernel/clock.ts';
import type { Log } from '../kernel/log.ts';
import type { ConversationEntry, Customer, CustomerKey } from './customer.ts';
import { clipped, MAX_SUMMARY_CHARACTERS } from './customer-context.ts';
import type { CustomerStore } from './customer-store.ts';
import { extractOf } from './extract.ts';

/** Puts a conversation into a few sentences. */
export interface Summarizer {
  /** Throws whatever kept the model from it. */
  readonly summarize: (conversation: {
    /** Of what was said before. */
    readonly earlier: string | undefined;
    /** A line for each thing said, oldest first, with day, channel and speaker. */
    readonly lines: string;
    /** The summary is to have no more. */
    readonly characters: number;
  }) => Promise<string>;
}

export interface SummarizeDeps {
  readonly store: Pick<CustomerStore, 'find' | 'entries' | 'write'>;
  readonly summarizer: Summarizer;
  readonly clock: Clock;
  readonly log: Log;
}

/** Entries without a summary at which one is made; those kept out of it are told word for word anyway. */
const LONG_ENTRIES = 60;
const KEPT_ENTRIES = 30;
/** What one summary is made from; a longer conversation takes several, some of them after a later message. */
const ENTRIES_AT_ONCE = 100;
const MAX_LINES_CHARACTERS = 24_000;
const MAX_ROUNDS = 2;
const WRITE_ATTEMPTS = 10;

/**
 * Brings the summary of a long conversation up to date; its entries stay as they are. Where the model fails or says
 * nothing an extract takes its place, so that the summary always covers what it says it does.
 */
export const summarizeLong =
  ({ store, summarizer, clock, log }: SummarizeDeps) =>
  async (key: CustomerKey): Promise<void> => {
    for (let round = 0; round < MAX_ROUNDS; round += 1) {
      const now = nowSeconds(clock);
      const customer = await store.find(key, now);
      const range = customer && dueRange(customer);
      if (customer === undefined || range === undefined) return;
      const entries = await store.entries(key, { before: range.before, limit: range.before - range.from }, now);
      const due = entries.filter(({ entry }) => entry >= range.from).toReversed();
      const summary = await summaryOf({ summarizer, log }, customer, due);
      if (!(await keep({ store, clock }, customer, summary, range.before))) return;
    }
  };

/** The entries that are to go into the summary next; undefined while there are few. */
const dueRange = ({
  nextEntry,
  summarizedBefore = 0,
}: Pick<Customer, 'nextEntry' | 'summarizedBefore'>):
  | { readonly from: number; readonly before: number }
  | undefined => {
  if (nextEntry - summarizedBefore <= LONG_ENTRIES) return undefined;
  return { from: summarizedBefore, before: Math.min(nextEntry - KEPT_ENTRIES, summarizedBefore + ENTRIES_AT_ONCE) };
};

const summaryOf = async (
  { summarizer, log }: Pick<SummarizeDeps, 'summarizer' | 'log'>,
  { customerId, summary: earlier }: Customer,
  entries: readonly ConversationEntry[],
): Promise<string> => {
  const lines = extractOf(entries, MAX_LINES_CHARACTERS);
  const characters = MAX_SUMMARY_CHARACTERS;
  try {
    const summary = (await summarizer.summarize({ earlier, lines, characters })).toWellFormed().trim();
    if (summary !== '') return clipped(summary, characters);
  } catch (error) {
    log('customers.summary.extracted', { customerId, errorName: error instanceof Error ? error.name : 'unknown' });
  }
  // Half for each: neither what was said long ago nor what was said last is lost.
  const before = earlier === undefined ? '' : `${clipped(earlier, characters / 2)}\n`;
  return `${before}${extractOf(entries, characters - before.length)}`;
};

/** False when somebody else has summarized meanwhile, or the customer is gone. */
const keep = async (
  { store, clock }: Pick<SummarizeDeps, 'store' | 'clock'>,
  customer: Customer,
  summary: string,
  summarizedBefore: number,
): Promise<boolean> => {
  for (let attempt = 0; attempt < WRITE_ATTEMPTS; attempt += 1) {
    const now = nowSeconds(clock);
    const current = await store.find(customer, now);
    if (current === undefined || current.summarizedBefore !== customer.summarizedBefore) return false;
    if ((await store.write(current, { summary, summarizedBefore }, {}, now)) === 'written') return true;
  }
  return false;
};
