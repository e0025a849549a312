/** Text that a model is still writing, cut where it can be spoken already. */
export interface Sentences {
  /** Whole sentences that are ready, trimmed. */
  readonly ready: readonly string[];
  /** What is left, as written. */
  readonly rest: string;
}

/** A full stop, question or exclamation mark with closing quotes, before white space; or a line's end. Ideographic stops need no space. */
const END = /(?:[.!?…]+["'”’)\]]*(?=\s)|[。！？]+|\n)/g;

/** Shortened words whose full stop ends no sentence. */
const SHORTENED = /(?:^|\s)(?:Mr|Mrs|Ms|Dr|Prof|St|No|Nr|vs|etc|e\.g|i\.e|z\.B|approx|[A-Z])\.$/;

/** Beyond this a piece is spoken at its last space, sentence or not: the caller should not wait for the end of a long list. */
const MAX_PIECE = 300;

const forced = (text: string): Sentences => {
  const space = text.lastIndexOf(' ', MAX_PIECE);
  const cut = space > 0 ? space : MAX_PIECE;
  const { ready, rest } = splitSentences(text.slice(cut));
  return { ready: [text.slice(0, cut).trim(), ...ready], rest };
};

/** Splits what has been written so far. Only what is followed by more text counts as whole: "3." may become "3.5". */
export const splitSentences = (text: string): Sentences => {
  const ready: string[] = [];
  let start = 0;
  for (const match of text.matchAll(END)) {
    const end = match.index + match[0].length;
    const sentence = text.slice(start, end).trim();
    if (sentence === '' || SHORTENED.test(sentence)) continue;
    ready.push(sentence);
    start = end;
  }
  const rest = text.slice(start);
  if (rest.length <= MAX_PIECE) return { ready, rest };
  const more = forced(rest);
  return { ready: [...ready, ...more.ready], rest: more.rest };
};
