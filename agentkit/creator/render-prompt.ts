import type { BuildOptions } from './built-in-tools.ts';
import type { Specification } from './specification.ts';

export interface PromptOptions extends BuildOptions {
  /** Lines beyond this many characters are left to the clauses in `agent_file.ts`. */
  readonly maxCharacters: number;
}

/**
 * Nova Sonic takes long system prompts but follows short ones; pipelines that measured it stay near 1,200 characters
 * for the core. A whole SOP needs more, so the core comes first and the rest stops here.
 */
export const MAX_PROMPT_CHARACTERS = 12_000;

/**
 * The system prompt: whole sentences to be spoken from, no markup. Each line of the SOP ends with its clause ids, so
 * that a reader can ask where a step went.
 */
export function renderPrompt(specification: Specification, options: PromptOptions): string {
  const { greeting, style, guidance, procedures, refusals, handoff } = specification;
  const lines = [
    `You are ${spoken(options.agentName)}. You speak with customers on the phone and in writing.`,
    'Speak in short, natural sentences. Give one piece of information at a time and ask one question at a time.',
    'Never read out lists, symbols or web addresses. Say numbers and dates as a person would.',
    'Say codes and long numbers one character at a time on the phone, and repeat back once what you were given.',
    'If the customer interrupts, stop and answer what was said last. If you did not understand, ask once more.',
    'Codes in parentheses such as c1 name the rule behind a line. Never say them.',
    `Open the conversation with: "${spoken(greeting.text)}"${codes(greeting.clauseIds)}`,
    ...style.map((statement) => line(statement.text, statement.clauseIds)),
    `Use the tool search_knowledge for questions of fact. ${sentence(options.knowledgeDescription)}`,
    'Answer only from what the tools return and from these rules. If you do not know, say so and offer a colleague.',
    'If a tool takes a moment, say so in a few words. When nothing is left to do, thank the customer and say goodbye.',
    ...procedures.map(
      (procedure) => `Use the tool ${procedure.name} for this: ${line(procedure.description, procedure.clauseIds)}`,
    ),
    ...refusals.map((refusal) =>
      line(`If the customer asks for ${spoken(refusal.topic)}, say: "${spoken(refusal.reply)}"`, refusal.clauseIds),
    ),
    `Use the tool hand_off_to_human to pass the customer to a colleague. ${sentence(options.handoffDescription)}`,
    ...handoff.triggers.map((trigger) => line(`Hand over in this case: ${trigger.text}`, trigger.clauseIds)),
    ...guidance.map((statement) => line(statement.text, statement.clauseIds)),
  ];
  return `${withinLimit(lines, options.maxCharacters).join('\n')}\n`;
}

const line = (text: string, clauseIds: readonly string[]): string => `${sentence(text)}${codes(clauseIds)}`;

const codes = (clauseIds: readonly string[]): string => (clauseIds.length === 0 ? '' : ` (${clauseIds.join(', ')})`);

const sentence = (text: string): string => {
  const words = spoken(text);
  return words === '' || /[.!?"”]$/.test(words) ? words : `${words}.`;
};

/** Markup, bullets and line breaks would be read aloud. */
const spoken = (text: string): string =>
  text
    .replace(/https?:\/\/(?:www\.)?([^\s/]+)\S*/g, '$1')
    .replace(/\bwww\./gi, '')
    .replace(/[*_`#|<>{}[\]\\~^•]+|\p{Extended_Pictographic}|\p{C}/gu, ' ')
    .replace(/\s+/g, ' ')
    .replace(/^\s*(?:[-+]|\d{1,3}[.)])\s+/, '')
    .trim();

function withinLimit(lines: readonly string[], maxCharacters: number): string[] {
  const kept: string[] = [];
  let characters = 0;
  for (const text of lines.filter((candidate) => candidate !== '')) {
    characters += text.length + 1;
    if (characters > maxCharacters) break;
    kept.push(text);
  }
  return kept;
}
