/** What happens while people look and listen: how soon a change is felt in a call that goes on, and what watching costs. */
import { measureContextEdits } from './context.ts';
import { type Delay, delaysTable } from './delays.ts';
import { measureSettings, measureSwitches } from './switch.ts';
import { watchingTable } from './watching.ts';

/** A part of the section: a sentence that ends with a colon, and its table. */
export interface LivePart {
  readonly heading: string;
  readonly measure: () => Promise<string>;
}

/** Changes that reach a call's owner: measured on one call after the other. */
const CHANGES: readonly (() => Promise<Delay>)[] = [measureSwitches, measureSettings, measureContextEdits];

async function changesTable(): Promise<string> {
  const delays: Delay[] = [];
  for (const measure of CHANGES) delays.push(await measure());
  return delaysTable(delays);
}

/** In the order of the page. One after the other: they share the machine. */
const PARTS: readonly LivePart[] = [
  { heading: 'A change reaches a call that goes on:', measure: changesTable },
  { heading: 'Watching in the dashboard:', measure: watchingTable },
];

/** Measures all parts; gives their tables. */
export async function measureLive(parts: readonly LivePart[] = PARTS): Promise<string> {
  const tables: string[] = [];
  for (const { heading, measure } of parts) tables.push(`${heading}\n\n${await measure()}`);
  return tables.join('\n\n');
}
