import { clipped } from './customer-context.ts';

/** All of a customer's facts go into a prompt. */
export const MAX_FACTS = 50;
export const MAX_FACT_NAME_CHARACTERS = 64;
export const MAX_FACT_CHARACTERS = 500;

/** New values win; where there is no more room, no new names. */
export const mergedFacts = (
  known: Readonly<Record<string, string>>,
  added: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> => {
  const merged = new Map(Object.entries(known));
  for (const [name, value] of Object.entries(added)) {
    const shortName = clipped(name.toWellFormed(), MAX_FACT_NAME_CHARACTERS);
    if (merged.has(shortName) || merged.size < MAX_FACTS) {
      merged.set(shortName, clipped(value.toWellFormed(), MAX_FACT_CHARACTERS));
    }
  }
  return Object.fromEntries(merged);
};
