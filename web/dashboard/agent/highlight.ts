/** A piece of code that is shown in one colour. */
export interface Token {
  readonly kind: 'plain' | 'keyword' | 'string' | 'comment' | 'number' | 'name';
  readonly text: string;
}

const KEYWORDS =
  'as async await break case catch class const continue default delete do else export extends false finally for from function get if import in instanceof interface let new null of readonly return satisfies set static super switch this throw true try type typeof undefined var void while yield';

const PARTS: readonly (readonly [Token['kind'], string])[] = [
  ['comment', String.raw`\/\/[^\n]*|\/\*[\s\S]*?\*\/`],
  ['string', String.raw`'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|\`(?:\\[\s\S]|[^\`\\])*\``],
  ['number', String.raw`\b\d[\d_]*(?:\.\d+)?\b`],
  ['keyword', `\\b(?:${KEYWORDS.split(' ').join('|')})\\b`],
  ['name', String.raw`\b[A-Za-z_$][\w$]*(?=\s*[(:])`],
];

const PATTERN = new RegExp(PARTS.map(([kind, source]) => `(?<${kind}>${source})`).join('|'), 'g');

const kindOf = (groups: Readonly<Record<string, string | undefined>> = {}): Token['kind'] =>
  PARTS.find(([kind]) => groups[kind] !== undefined)?.[0] ?? 'plain';

/** TypeScript in pieces of one colour each; together they are the code, to the letter. */
export function tokensOf(code: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  for (const match of code.matchAll(PATTERN)) {
    if (match.index > at) tokens.push({ kind: 'plain', text: code.slice(at, match.index) });
    tokens.push({ kind: kindOf(match.groups), text: match[0] });
    at = match.index + match[0].length;
  }
  if (at < code.length) tokens.push({ kind: 'plain', text: code.slice(at) });
  return tokens;
}
