import type { Finding } from '../../shared/building/building.ts';
import type { Clause } from '../kit/index.ts';
import { MAX_PROMPT_CHARACTERS } from './render-prompt.ts';

/** What rendering does differently because a former attempt was rejected. */
export interface Repairs {
  readonly maskSecrets: boolean;
  readonly maxPromptCharacters: number;
  /** Clauses are quoted up to here; their ids stay. */
  readonly maxClauseCharacters: number;
}

/** Half of the usual: a prompt found too long must become clearly shorter. */
const SHORT_PROMPT_CHARACTERS = MAX_PROMPT_CHARACTERS / 2;
const SHORT_CLAUSE_CHARACTERS = 200;

/** Findings about form are mended here; findings about meaning go to the model. */
export function repairsFor(findings: readonly Finding[]): Repairs {
  const about = (rule: string, file?: string): boolean =>
    findings.some((finding) => finding.rule === rule && (file === undefined || finding.file === file));
  return {
    maskSecrets: about('secret'),
    maxPromptCharacters:
      about('prompt') || about('size', 'prompt.md') ? SHORT_PROMPT_CHARACTERS : MAX_PROMPT_CHARACTERS,
    maxClauseCharacters: about('size') ? SHORT_CLAUSE_CHARACTERS : Number.POSITIVE_INFINITY,
  };
}

const CREDENTIALS: readonly RegExp[] = [
  /-----BEGIN [A-Z ]+-----.*?(?:-----END [A-Z ]+-----|$)/g,
  /(?<=:\/\/)[^\s/:@]+:[^\s/:@]+(?=@)/g,
  /(?<=\b(?:password|passwd|secret|api[_-]?key|access[_-]?token|key)["']?\s*(?:[:=]|\bis\b)\s*)["']?[^\s"',;]{6,}["']?/gi,
  // A long run of letters and digits mixed is no word of any language.
  /\b(?=[A-Za-z0-9_/+.-]*\d)(?=[A-Za-z0-9_/+.-]*[A-Za-z])[A-Za-z0-9_/+.-]{16,}/g,
];

/** Clauses as they may be quoted: shortened, and with credentials masked, where a finding asked for it. */
export const quotableClauses = (clauses: readonly Clause[], repairs: Repairs): Clause[] =>
  clauses.map((clause) => ({ ...clause, text: shorten(mask(clause.text, repairs), repairs.maxClauseCharacters) }));

const mask = (text: string, { maskSecrets }: Repairs): string =>
  maskSecrets ? CREDENTIALS.reduce((masked, pattern) => masked.replace(pattern, 'removed'), text) : text;

const shorten = (text: string, maxCharacters: number): string =>
  text.length <= maxCharacters ? text : `${text.slice(0, maxCharacters).replace(/\s+\S*$/, '')}…`;
