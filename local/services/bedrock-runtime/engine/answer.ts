import { type Candidate, candidatesOf, type Passage } from './passages.ts';
import { phraseList, phraseRow, phraseSentence, subjectOf } from './phrasing.ts';
import { holdsExpected, type Question, questionsIn, readQuestion } from './question.ts';
import { matchOf, stemsOf, topicStems } from './words.ts';

/** Below this share of the question's (weighted) words a statement is about something else. */
const MIN_COVERAGE = 0.5;
const MAX_STATEMENTS = 3;
const MAX_WORDS = 75;

interface Scored {
  readonly candidate: Candidate;
  /** Share of the question in the statement itself, its headings aside. */
  readonly ownShare: number;
  readonly coverage: number;
  readonly score: number;
}

/**
 * The answer to a question in the words of the passages, markers included; undefined when they do not hold one.
 * `facts` are statements known without a passage.
 */
export function answerFrom(passages: readonly Passage[], facts: readonly string[], asked: string): string | undefined {
  const candidates = [...candidatesOf(passages), ...facts.map(factCandidate)];
  const statements: Statement[] = [];
  const questions = questionsIn(asked).map(readQuestion);
  for (const question of questions) {
    for (const statement of answerOne(question, candidates)) {
      const known = statements.findIndex(({ candidate }) => candidate === statement.candidate);
      if (known === -1) statements.push(statement);
      // One row that answers two questions is said once, with what both ask for.
      else if (statement.candidate.cells !== undefined)
        statements[known] = { ...statement, text: phraseRow(statement.candidate, questions) };
    }
  }
  return statements.length === 0 ? undefined : withMarkers(inReadingOrder(statements));
}

interface Statement {
  readonly text: string;
  readonly candidate: Candidate;
}

function answerOne(question: Question, candidates: readonly Candidate[]): Statement[] {
  const scored = scoreAll(question, candidates);
  const best = scored[0];
  if (best === undefined || best.coverage < MIN_COVERAGE) return [];
  const rows = scored.filter(
    ({ candidate, coverage }) => candidate.cells !== undefined && coverage >= best.coverage * 0.9,
  );
  const kind = ofThatKind(rows, question);
  const extreme =
    question.superlative !== undefined && kind.length > 1 ? extremeRow(kind, question.superlative) : undefined;
  if (extreme !== undefined) return [{ text: phraseRow(extreme, [question]), candidate: extreme }];
  if (question.isListing && kind.length > 1) {
    const listed = kind.slice(0, 6).map(({ candidate }) => candidate);
    return [{ text: phraseList(listed), candidate: listed[0] as Candidate }];
  }
  return choose(scored, best, candidates).map((candidate) => ({ text: phrase(candidate, question), candidate }));
}

/** Statements of one passage stand together, in its order; the passage of the best comes first. */
function inReadingOrder(statements: readonly Statement[]): Statement[] {
  const markers = [...new Set(statements.map(({ candidate }) => candidate.marker))];
  return markers.flatMap((marker) =>
    statements
      .filter(({ candidate }) => candidate.marker === marker)
      .sort((one, other) => one.candidate.position - other.candidate.position),
  );
}

const factCandidate = (text: string, index: number): Candidate => ({
  marker: undefined,
  rank: 8,
  position: index,
  text,
  context: '',
  about: '',
});

const phrase = (candidate: Candidate, question: Question): string =>
  candidate.cells === undefined ? phraseSentence(candidate.text) : phraseRow(candidate, [question]);

/** Best first. Rare words of the question weigh more; a word that occurs nowhere weighs most, so that a question about something else finds no answer. */
function scoreAll(question: Question, candidates: readonly Candidate[]): Scored[] {
  const texts = candidates.map((candidate) => ({
    own: stemsOf(candidate.text),
    context: stemsOf(candidate.context),
    about: stemsOf(candidate.about),
  }));
  const weights = question.terms.map((term) => {
    const holding = texts.filter(({ own, context }) => matchOf(term, own) > 0 || matchOf(term, context) > 0).length;
    return { term, weight: Math.log(1 + (candidates.length + 1) / (holding + 0.5)) };
  });
  const total = weights.reduce((sum, { weight }) => sum + weight, 0) || 1;
  return candidates
    .map((candidate, index) => {
      const { own, context, about } = texts[index] as (typeof texts)[number];
      const isUnderQuestion = candidate.context.endsWith('?');
      const covered = weights.reduce((sum, { term, weight }) => {
        const inContext = matchOf(term, context) * (isUnderQuestion ? 0.95 : 0.8);
        return sum + weight * Math.max(matchOf(term, own), inContext, matchOf(term, about) * 0.4);
      }, 0);
      const holds = holdsExpected(candidate.text, question.expected);
      const kind = holds === undefined ? 0 : holds ? 0.3 : -0.2;
      const ownShare = weights.reduce((sum, { term, weight }) => sum + weight * matchOf(term, own), 0) / total;
      const first = candidate.position === 0 ? 0.04 : 0;
      return {
        candidate,
        ownShare,
        coverage: covered / total,
        score: covered / total + kind + 0.2 * ownShare + first - 0.02 * candidate.rank,
      };
    })
    .sort((one, other) => other.score - one.score);
}

/** Sentences that only make sense after, or limit, the one before. */
const CONTINUES =
  /^(?:it|they|this|that|these|those|he|she|however|but|unless|except|please note|note that|otherwise|after that|in that case|then|(?:for|from|in|to|outside) (?:all |any )?(?:the )?others?)\b/i;
const LIMITS =
  /\b(?:unless|except|excluded|exclude|excludes|however|only if|provided that|must be|cannot be|can't be)\b/i;

/** The best statement, what completes or limits it, and others as good. */
function choose(scored: readonly Scored[], best: Scored, candidates: readonly Candidate[]): Candidate[] {
  const chosen = [best.candidate];
  const next = following(best.candidate, candidates);
  if (next !== undefined && (CONTINUES.test(next.text) || LIMITS.test(next.text))) chosen.push(next);
  const covered = new Set(topicStems(chosen.map(({ text }) => text).join(' ')));
  for (const { candidate, score, coverage, ownShare } of scored.slice(1)) {
    if (chosen.length >= MAX_STATEMENTS || score < best.score * 0.85) break;
    if (coverage < best.coverage * 0.85 || ownShare < best.ownShare * 0.7) continue;
    const fresh = topicStems(candidate.text).filter((term) => !covered.has(term));
    const isRepetition = fresh.length < 3;
    const words = [...chosen, candidate]
      .map(({ text }) => text)
      .join(' ')
      .split(/\s+/).length;
    if (chosen.includes(candidate) || isRepetition || words > MAX_WORDS) continue;
    chosen.push(candidate);
    for (const term of fresh) covered.add(term);
  }
  return chosen;
}

const following = (candidate: Candidate, candidates: readonly Candidate[]): Candidate | undefined =>
  candidate.cells !== undefined || candidate.marker === undefined
    ? undefined
    : candidates.find(
        (other) =>
          other.marker === candidate.marker &&
          other.position === candidate.position + 1 &&
          other.cells === undefined &&
          other.context === candidate.context,
      );

/** "Mattress" is asked for: a mattress topper is not one, where there are mattresses. */
function ofThatKind(rows: readonly Scored[], question: Question): readonly Scored[] {
  const exact = rows.filter(({ candidate }) => {
    const head = topicStems(subjectOf(candidate)).at(-1);
    return head !== undefined && question.terms.includes(head);
  });
  return exact.length > 0 ? exact : rows;
}

function extremeRow(rows: readonly Scored[], superlative: 'least' | 'most'): Candidate | undefined {
  const priced = rows.flatMap(({ candidate }) => {
    const cell = candidate.cells?.find(
      ({ name, value }) => /price|cost|rate|fee/i.test(name) || /[$€£]\s?\d/.test(value),
    );
    const amount = Number(/\d+(?:[.,]\d+)?/.exec(cell?.value ?? '')?.[0].replace(',', '.'));
    return Number.isFinite(amount) && subjectOf(candidate) !== '' ? [{ candidate, amount }] : [];
  });
  const sign = superlative === 'least' ? 1 : -1;
  return priced.sort((one, other) => sign * (one.amount - other.amount))[0]?.candidate;
}

/** One marker after the last of the statements that share it. */
const withMarkers = (statements: readonly Statement[]): string =>
  statements
    .map(({ text, candidate: { marker } }, index) =>
      marker === undefined || statements[index + 1]?.candidate.marker === marker ? text : `${text} [${marker}]`,
    )
    .join(' ');
