/** As Amazon Comprehend and Contact Lens name it. */
export type Sentiment = 'POSITIVE' | 'NEGATIVE' | 'NEUTRAL' | 'MIXED';

const GOOD =
  /\b(?:thanks?|thank you|great|good|nice|love(?:ly)?|perfect|happy|pleased|excellent|wonderful|awesome|helpful|appreciate|glad|amazing|fantastic)\b/giu;
const BAD =
  /\b(?:bad|angry|upset|terrible|awful|worst|broken|damaged|wrong|late|delayed|missing|refund|complain(?:t|ing)?|disappoint(?:ed|ing|ment)|unacceptable|frustrat(?:ed|ing)|annoy(?:ed|ing)|useless|horrible|never|scam|lawyer|cancel|stupid|hate|furious|ridiculous|rude)\b/giu;
const NOT = /\b(?:not|no|isn't|wasn't|don't|didn't|doesn't|never|hardly)\s+(?:\p{L}+\s+)?$/iu;
/** Older words weigh less: what counts is the mood in which a person takes over. */
const LAST_WORDS = 6;

/**
 * The mood of a customer's last messages, by a list of English words with their negations: a hint for the person who takes
 * over, read in microseconds. Other languages are `NEUTRAL`.
 */
export const sentimentOf = (said: readonly string[]): Sentiment => {
  let [good, bad] = [0, 0];
  for (const text of said.slice(-LAST_WORDS)) {
    const praise = [...text.matchAll(GOOD)].map(({ index }) => NOT.test(text.slice(0, index)));
    good += praise.filter((isNegated) => !isNegated).length;
    bad += praise.filter((isNegated) => isNegated).length;
    bad += [...text.matchAll(BAD)].filter(({ index }) => !NOT.test(text.slice(0, index))).length;
  }
  if (good === 0 && bad === 0) return 'NEUTRAL';
  if (good > 0 && bad > 0 && Math.abs(good - bad) <= 1) return 'MIXED';
  return good > bad ? 'POSITIVE' : 'NEGATIVE';
};
