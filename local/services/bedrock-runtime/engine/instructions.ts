import { coverage, sentencesOf, topicStems, wordsOf } from './words.ts';

/** What a system prompt tells the model to do, as far as plain sentences say it. */
export interface Instructions {
  readonly greeting: string | undefined;
  readonly refusals: readonly {
    readonly topic: string;
    readonly reply: string;
    /** The topic is refused only as far as the documents do not grant it. */
    readonly unlessDocumented: boolean;
  }[];
  /** Situations in which a person takes over. */
  readonly handoffs: readonly string[];
  /** Statements that are neither orders to the model nor conditions: they may be told to the customer. */
  readonly facts: readonly string[];
  /** What to say when the answer is not known. */
  readonly unknown: string | undefined;
}

const CODES = /\s{0,2}\(c\d{1,5}(?:, ?c\d{1,5})*\)/g;
const QUOTED = /["“]([^"”]+)["”]/;
const CONDITION = /^(?:if|when|whenever|in case)\b/i;
const ORDER =
  /^(?:you|your|use|ask|answer|speak|say|tell|give|never|do not|don't|always|only|open|greet|keep|offer|hand|pass|transfer|avoid|be|make|confirm|check|collect|apologi[sz]e|thank|end|close|codes?|today|after each|please|mention|explain|refer|note|let|repeat|remember|stay|address|these rules|the (?:agent|assistant))\b/i;
const PERSON = '(?:person|human|colleague|team|agent|manager|supervisor|representative|specialist|someone|staff)';
const HAND_OVER = new RegExp(
  `\\b(?:hand|pass|transfer|escalate|forward|connect)\\b.*\\b(?:over|off|to|${PERSON})\\b`,
  'i',
);

/** Reads instructions from a system prompt, line by line. */
export function readInstructions(system: string): Instructions {
  const lines = system.split('\n').map((line) => line.replace(CODES, ' ').trim());
  const sentences = lines.flatMap(sentencesOf).map((sentence) => sentence.trim());
  return {
    greeting: lines.map(greetingIn).find((text) => text !== undefined),
    refusals: lines.flatMap(refusalIn),
    handoffs: lines.flatMap((line) =>
      /^hand over in this case:/i.test(line) ? handoffIn(line) : sentencesOf(line).flatMap(handoffIn),
    ),
    facts: sentences.filter(
      (sentence) => !ORDER.test(sentence) && !CONDITION.test(sentence) && !isAboutTools(sentence),
    ),
    unknown: sentences
      .filter((sentence) => /\b(?:do not|don't|cannot|can't) (?:know|find)\b/i.test(sentence))
      .map(quoted)[0],
  };
}

const isAboutTools = (sentence: string): boolean =>
  /\b(?:the tool|customers?|callers?|search it|guest'?s? name|this (?:procedure|page|document)|SOP)\b/i.test(sentence);

const quoted = (line: string): string | undefined => QUOTED.exec(line)?.[1]?.trim();

const greetingIn = (line: string): string | undefined =>
  /^(?:open|greet|begin|start)\b/i.test(line) ? quoted(line) : undefined;

const UNDOCUMENTED = /\s+(?:that|which) (?:is|are) not (?:in|on|part of|covered|listed|stated)\b.*$/i;

function refusalIn(line: string): Instructions['refusals'][number][] {
  const match =
    /^(?:if|when)\b.*?\b(?:asks?|wants?|requests?|demands?)\b(?:\s+(?:you\s+)?(?:for|about|to))?\s+(.+?),\s+(?:then\s+)?(?:say|answer|reply|tell)\b/i.exec(
      line,
    );
  const reply = quoted(line);
  return match?.[1] === undefined || reply === undefined
    ? []
    : [{ topic: match[1].replace(UNDOCUMENTED, ''), reply, unlessDocumented: UNDOCUMENTED.test(match[1]) }];
}

function handoffIn(line: string): string[] {
  const stated = /^hand over in this case:\s*(.+)$/i.exec(line)?.[1];
  if (stated !== undefined) return [stated];
  if (!HAND_OVER.test(line) || /^use the tool\b/i.test(line)) return [];
  const condition = /\b(?:if|when|whenever)\b\s+(.+)$/i.exec(line)?.[1];
  return condition === undefined ? [] : [condition];
}

/** Words of any situation; what is left says which. */
const SITUATION_WORDS = new Set([
  'customer',
  'caller',
  'client',
  'guest',
  'patient',
  'person',
  'user',
  'ask',
  'case',
  'matter',
  'question',
  'anyth',
  'mention',
  'report',
  'say',
  'happen',
  'situation',
  'colleague',
  'pass',
  'transfer',
  'hand',
  'team',
  'immediately',
  'immediat',
  'call',
  'speak',
  'human',
]);

/** The alternative of a described situation that a message tells of. "over 500" holds for any greater number. */
export function situationIn(message: string, situation: string, minCoverage: number): string | undefined {
  const numbers = wordsOf(message).map(Number).filter(Number.isFinite);
  return situation.split(/,|;|\bor\b|\band\b/i).find((alternative) => {
    const limit = /\b(?:over|above|more than|exceed(?:s|ing)?|older than|longer than)\s+(?:[$€£]\s*)?(\d+)/i.exec(
      alternative,
    )?.[1];
    if (limit !== undefined && !numbers.some((number) => number > Number(limit))) return false;
    const terms = topicStems(alternative).filter((term) => !SITUATION_WORDS.has(term) && !/\d/.test(term));
    return terms.length > 0 && coverage(terms, message) >= Math.max(minCoverage, terms.length === 1 ? 0.7 : 0);
  });
}

/** How well a message asks for the topic of a refusal, 0 to 1. */
export function refusalMatch(message: string, topic: string): number {
  const alternatives = topic.split(/,|\bor\b/i).map((alternative) => topicStems(alternative));
  return Math.max(0, ...alternatives.filter((terms) => terms.length > 0).map((terms) => coverage(terms, message)));
}
