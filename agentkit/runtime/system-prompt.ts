import { contextBlock, TEXT_CONTEXT_CHARACTERS } from '../../shared/customers/context-block.ts';
import type { AgentContext } from '../../shared/customers/customer-memory.ts';
import type { AgentDefinition } from '../kit/index.ts';

/** Clauses that `prompt.md` had no room for, this many a message. */
const MAX_EXTRA_CLAUSES = 8;

/**
 * `prompt.md`, what only the host knows (the date, how to cite), clauses the prompt had no room for, and what is known
 * about business and customer.
 */
export function systemPrompt(
  prompt: string,
  definition: AgentDefinition,
  message: { readonly text: string; readonly today: string; readonly context?: AgentContext | undefined },
): string {
  const extra = clausesFor(message.text, prompt, definition);
  return [
    prompt.trim(),
    `Today is ${message.today}.`,
    'After each sentence that rests on a passage write its marker in square brackets, like [1].',
    'Keep answers to at most three sentences.',
    ...(extra.length === 0 ? [] : ['These rules may matter now:', ...extra]),
    ...contextBlock(message.context, TEXT_CONTEXT_CHARACTERS),
  ].join('\n');
}

/** The clauses missing from the prompt that share most words with the message. */
function clausesFor(text: string, prompt: string, definition: AgentDefinition): string[] {
  const named = new Set(prompt.match(/\bc\d+\b/g) ?? []);
  const asked = wordsOf(text);
  return definition.clauses
    .filter((clause) => !named.has(clause.id))
    .map((clause) => {
      const words = wordsOf(`${clause.heading ?? ''} ${clause.text}`);
      return { clause, shared: [...asked].filter((word) => words.has(word)).length };
    })
    .filter(({ shared }) => shared > 0)
    .sort((one, other) => other.shared - one.shared)
    .slice(0, MAX_EXTRA_CLAUSES)
    .map(({ clause }) => `${clause.text} (${clause.id})`);
}

const wordsOf = (text: string): Set<string> =>
  new Set((text.toLowerCase().match(/[\p{L}\p{N}]{4,}/gu) ?? []).map((word) => word.replace(/s$/, '')));
