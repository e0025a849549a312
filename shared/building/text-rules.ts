import type { Finding } from './building.ts';
import { LIMITS } from './limits.ts';

const SECRETS: readonly (readonly [name: string, pattern: RegExp])[] = [
  ['an AWS access key', /\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}\b/],
  ['an AWS secret key', /\baws.{0,20}(?:secret|key).{0,20}["'=:\s][A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=])/i],
  ['a private key', /-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----/],
  ['a GitHub token', /\b(?:gh[pousr]_[A-Za-z0-9]{30,}|github_pat_[A-Za-z0-9_]{30,})/],
  ['a Slack token', /\bxox[abeoprs]-[A-Za-z0-9-]{10,}/],
  ['a Google API key', /\bAIza[A-Za-z0-9_-]{35}/],
  ['a Stripe key', /\b[rs]k_(?:live|test)_[A-Za-z0-9]{16,}/],
  ['a model provider key', /\bsk-(?:ant-|proj-)?[A-Za-z0-9_-]{24,}/],
  ['an Oratio API key', /\bora_[a-z0-9]+_[A-Za-z0-9]+_[A-Za-z0-9_-]{20,}/],
  ['a JSON Web Token', /\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}/],
  ['a password in an address', /\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s/:@"']{1,80}:[^\s/:@"']{1,80}@/i],
  ['a credential', /\b(?:password|passwd|secret|api[_-]?key|access[_-]?token)["']?\s*[:=]\s*["'][^"'\s]{8,}["']/i],
];

/** Finds credentials; `line` is where the text begins in its file. The secret itself is never repeated. */
export function findSecrets(text: string, file: string, firstLine = 1): Finding[] {
  return SECRETS.flatMap(([name, pattern]) => {
    const match = pattern.exec(text);
    if (match === null) return [];
    const line = firstLine + text.slice(0, match.index).split('\n').length - 1;
    return [{ rule: 'secret', message: `This looks like ${name}: remove it. Agents hold no credentials.`, file, line }];
  });
}

const MARKUP: readonly (readonly [name: string, pattern: RegExp])[] = [
  ['a heading', /^\s{0,3}#{1,6}\s/m],
  ['a list', /^\s*(?:[-*+•]|\d{1,3}[.)])\s+/m],
  ['bold or italic marks', /\*\*|__\S|(?<!\w)\*\S[^*\n]*\*/],
  ['code marks', /`/],
  ['a link', /\]\(|\bhttps?:\/\/|\bwww\./i],
  ['a table', /\|.*\|/],
  ['a tag', /<\/?[a-z][^>]*>/i],
];

/** A system prompt for a voice model: short, spoken, without markup. `clauseIds` are those it may cite, as `(c1, c2)`. */
export function checkPrompt(prompt: string, clauseIds: ReadonlySet<string> | undefined): Finding[] {
  if (prompt.trim() === '') return [finding('The prompt is empty: write how the agent speaks and what it does.')];
  return [
    ...(prompt.length > LIMITS.promptCharacters
      ? [finding(`The prompt has ${prompt.length} characters: keep it to ${LIMITS.promptCharacters}.`)]
      : []),
    ...MARKUP.flatMap(([name, pattern]) => {
      const match = pattern.exec(prompt);
      return match === null
        ? []
        : [
            finding(
              `It holds ${name}, which a voice would read out: use plain sentences.`,
              lineOf(prompt, match.index),
            ),
          ];
    }),
    ...unspeakable(prompt),
    ...strayClauses(prompt, clauseIds),
    ...longSentences(prompt),
  ];
}

const finding = (message: string, line?: number): Finding => ({
  rule: 'prompt',
  message,
  file: 'prompt.md',
  ...(line === undefined ? {} : { line }),
});

const lineOf = (text: string, index: number): number => text.slice(0, index).split('\n').length;

function unspeakable(prompt: string): Finding[] {
  const match = /[^\P{C}\n\r\t]|\uFFFD|\p{Extended_Pictographic}/u.exec(prompt.replace(/[©®™]/g, ' '));
  return match === null
    ? []
    : [
        finding(
          'It holds a control character or a pictograph, which cannot be spoken: remove it.',
          lineOf(prompt, match.index),
        ),
      ];
}

function strayClauses(prompt: string, clauseIds: ReadonlySet<string> | undefined): Finding[] {
  if (clauseIds === undefined) return [];
  return [...prompt.matchAll(/[([](c\d{1,5}(?:,\s*c\d{1,5})*)[)\]]/g)].flatMap((match) =>
    (match[1] ?? '')
      .split(/,\s*/)
      .filter((id) => !clauseIds.has(id))
      .map((id) =>
        finding(`It cites clause "${id}", which does not exist: cite an existing clause.`, lineOf(prompt, match.index)),
      ),
  );
}

function longSentences(prompt: string): Finding[] {
  const longest = Math.max(...prompt.split(/[.!?:;]\s|\n/).map((sentence) => sentence.trim().split(/\s+/).length));
  return longest <= LIMITS.spokenSentenceWords
    ? []
    : [
        {
          ...finding(`A sentence has ${longest} words: split sentences longer than ${LIMITS.spokenSentenceWords}.`),
          severity: 'warning',
        },
      ];
}
