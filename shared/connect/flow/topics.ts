import { MAX_TOPICS } from './contact-flows.ts';

/** Headings that are about the procedure, not about what a customer asks. */
const NOT_A_TOPIC =
  /^(?:purpose|scope|overview|introduction|background|greeting|welcome|opening$|closing$|goodbye|tone|style|rules?|policy|procedure|general|escalation|hand(?:ing)?[- ]?(?:off|over)|human|definitions?|roles?|responsibilit(?:y|ies)|version|contents?|notes?|appendix|(?:what (?:we|you) )?(?:never|must|do not|don't)|sop|standard operating procedure)\b/i;
const MARKDOWN = /^#{1,4}\s+(?<title>[^\n]{3,80}?)\s*:?\s*$/;
const NUMBERED = /^\d{1,2}(?:\.\d{1,2})*[.)]?\s+(?<title>[^\n]{3,80}?)\s*:?\s*$/;
const MAX_WORDS = 6;

/**
 * What customers ask about, as the SOP's headings name it (of Markdown; without any, numbered lines that are no
 * sentences): at most `MAX_TOPICS`, in the order of the SOP, as they stand in a sentence. Empty without headings.
 */
export const topicsOf = (sop: string): readonly string[] => {
  const lines = sop.split(/\r?\n/).map((line) => line.trim());
  const headings = titlesOf(lines, MARKDOWN);
  // Below headings, numbered lines are steps.
  const titles = headings.length > 0 ? headings : titlesOf(lines, NUMBERED);
  return [...new Set(titles.filter(isTopic).map(inSentence))].slice(0, MAX_TOPICS);
};

const titlesOf = (lines: readonly string[], form: RegExp): readonly string[] =>
  lines.flatMap((line) => {
    const title = form.exec(line)?.groups?.title;
    return title === undefined
      ? []
      : [
          title
            .replaceAll(/[*_`#]/g, '')
            .replace(/^\d+(?:\.\d+)*[.)]?\s*/, '')
            .trim(),
        ];
  });

const isTopic = (title: string): boolean =>
  /\p{L}/u.test(title) && !NOT_A_TOPIC.test(title) && !/[.!?]$/.test(title) && title.split(/\s+/).length <= MAX_WORDS;

/** `Order status` becomes `order status`, `VIP orders` stays. */
const inSentence = (title: string): string =>
  /^\p{Lu}\p{Ll}/u.test(title) ? title.charAt(0).toLowerCase() + title.slice(1) : title;
