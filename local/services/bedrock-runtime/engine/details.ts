import type { OfferedTool, PropertySchema } from './messages.ts';
import { coverage, topicStems, wordsOf } from './words.ts';

const EMAIL = /[^\s@,;<>"']+@[^\s@,;<>"']+\.[a-z]{2,}/i;
const PHONE = /\+?\d[\d\s()/.-]{5,18}\d/;
const ISO_DATE = /\b\d{4}-\d{2}-\d{2}\b/;
const MONTHS = [
  'january',
  'february',
  'march',
  'april',
  'may',
  'june',
  'july',
  'august',
  'september',
  'october',
  'november',
  'december',
];

/** A question of the assistant about one property, and what the customer said to it. */
export interface Exchange {
  readonly property: string;
  readonly answer: string;
}

/** Values for a tool's properties as far as the customer said them, in passing or in answer to a question; the newest counts. */
export function collectDetails(
  tool: OfferedTool,
  texts: readonly string[],
  exchanges: readonly Exchange[],
  today: string,
): Record<string, string> {
  const details: Record<string, string> = {};
  for (const [name, schema] of Object.entries(tool.schema.properties)) {
    const found = texts
      .toReversed()
      .map((text) => valueIn(text, name, schema, today))
      .find((value) => value !== undefined);
    if (found !== undefined) details[name] = found;
  }
  for (const { property, answer } of exchanges.toReversed()) {
    const value = bareAnswer(answer);
    if (details[property] === undefined && value !== '') details[property] = value;
  }
  return details;
}

/** The property the assistant's last question was about. */
export function askedProperty(tool: OfferedTool, question: string): string | undefined {
  if (!question.includes('?')) return undefined;
  const scored = Object.entries(tool.schema.properties).map(([name, schema]) => {
    const terms = topicStems(`${spaced(name)} ${labelOf(schema)}`);
    return { name, score: Math.max(coverage(topicStems(spaced(name)), question), coverage(terms, question)) };
  });
  const best = scored.sort((one, other) => other.score - one.score)[0];
  return best !== undefined && best.score >= 0.6 ? best.name : undefined;
}

const spaced = (name: string): string => name.replace(/([a-z])([A-Z])/g, '$1 $2').replace(/_/g, ' ');

const labelOf = (schema: PropertySchema): string => (schema.description ?? '').split(':')[0] ?? '';

function valueIn(text: string, name: string, schema: PropertySchema, today: string): string | undefined {
  if (schema.enum !== undefined) return schema.enum.find((choice) => coverage(wordsOf(choice), text) === 1);
  if (schema.format === 'email') return EMAIL.exec(text)?.[0]?.replace(/[.!?]+$/, '');
  if (schema.format === 'date') return dateIn(text, today);
  if (schema.pattern !== undefined) return patternIn(text, schema.pattern);
  if (schema.format === 'phone') return PHONE.exec(text)?.[0]?.trim();
  if (schema.type === 'number' || schema.type === 'integer') return /-?\d+(?:\.\d+)?/.exec(text)?.[0];
  return afterLabel(text, name);
}

function patternIn(text: string, pattern: string): string | undefined {
  try {
    return new RegExp(`(?<![\\w])(?:${pattern.replace(/^\^|\$$/g, '')})(?![\\w])`, 'i').exec(text)?.[0];
  } catch {
    return undefined;
  }
}

/** "My name is Ada", "the order number is 12". */
function afterLabel(text: string, name: string): string | undefined {
  const label = wordsOf(spaced(name)).at(-1) ?? '';
  const match = new RegExp(`\\b${label}\\b(?:\\s+(?:is|was|:))+\\s+([^,.;!?]{1,80})`, 'i').exec(text);
  return match?.[1]?.replace(/\s+and\s+my\b.*$/i, '').trim();
}

/** What is left of a reply to a question when its wrapping is gone. */
const bareAnswer = (text: string): string =>
  text
    .trim()
    .replace(
      /^(?:(?:yes|sure|ok|okay|hi|hello|well|of course),?\s+)?(?:(?:it|that|this|my \w+(?: \w+)?|the \w+(?: \w+)?)(?:'s| is| was)\s+|i(?:'m| am)\s+)?/i,
      '',
    )
    .replace(/[.!?]+$/, '')
    .trim();

const DAY_MS = 86_400_000;

/** ISO date of "2026-11-03", "3 November", "November 3rd 2026", "yesterday", "ten days ago". */
function dateIn(text: string, today: string): string | undefined {
  const iso = ISO_DATE.exec(text)?.[0];
  if (iso !== undefined) return iso;
  const daysAgo = /\b(\d+) days? ago\b/i.exec(text)?.[1];
  const shift =
    daysAgo !== undefined
      ? -Number(daysAgo)
      : /\byesterday\b/i.test(text)
        ? -1
        : /\btomorrow\b/i.test(text)
          ? 1
          : /\btoday\b/i.test(text)
            ? 0
            : undefined;
  const todayMs = Date.parse(today);
  if (shift !== undefined && Number.isFinite(todayMs)) return isoOf(todayMs + shift * DAY_MS);
  const names = MONTHS.map((month) => `${month}|${month.slice(0, 3)}`).join('|');
  const dayFirst = new RegExp(`\\b(\\d{1,2})(?:st|nd|rd|th)?(?: of)? (${names})\\b\\.?,?(?: (\\d{4}))?`, 'i').exec(
    text,
  );
  const monthFirst = new RegExp(`\\b(${names})\\.? (\\d{1,2})(?:st|nd|rd|th)?\\b,?(?: (\\d{4}))?`, 'i').exec(text);
  const [day, month, year] = dayFirst
    ? [dayFirst[1], dayFirst[2], dayFirst[3]]
    : [monthFirst?.[2], monthFirst?.[1], monthFirst?.[3]];
  if (day === undefined || month === undefined) return undefined;
  const number = MONTHS.findIndex((name) => name.startsWith(month.toLowerCase().slice(0, 3))) + 1;
  return `${year ?? today.slice(0, 4)}-${String(number).padStart(2, '0')}-${day.padStart(2, '0')}`;
}

const isoOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
