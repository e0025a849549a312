import { askedProperty, collectDetails, type Exchange } from './details.ts';
import { type Instructions, situationIn } from './instructions.ts';
import type { OfferedTool, Reading, Reply } from './messages.ts';
import { matchOf, stemsOf, topicStems, wordsOf } from './words.ts';

export interface Toolbox {
  readonly search: OfferedTool | undefined;
  readonly handoff: OfferedTool | undefined;
  /** Somebody to ask: takes every question that is not small talk. */
  readonly ask: OfferedTool | undefined;
  /** Ends the conversation. */
  readonly end: OfferedTool | undefined;
  readonly tasks: readonly OfferedTool[];
}

/** Sorts tools by the shape of their schema, whatever they are called. */
export function sortTools(tools: readonly OfferedTool[]): Toolbox {
  const has = (tool: OfferedTool, ...names: string[]): boolean =>
    names.every((name) => Object.hasOwn(tool.schema.properties, name));
  const search = tools.find((tool) => has(tool, 'query'));
  const handoff = tools.find((tool) => has(tool, 'reason', 'summary'));
  const ask = tools.find(({ schema }) => Object.keys(schema.properties).join() === 'question');
  const end = tools.find(
    (tool) => tool !== handoff && /^(?:end|finish|hang)/i.test(tool.name) && !has(tool, 'summary'),
  );
  const special = [search, handoff, ask, end];
  return { search, handoff, ask, end, tasks: tools.filter((tool) => !special.includes(tool)) };
}

const FAREWELL =
  /\b(?:good ?bye|bye|see you|hang up|end (?:the|this) call|that(?:'s| is|'ll be| will be) (?:all|everything)(?! (?:i|you|we)\b)|have a (?:nice|good|great|lovely) (?:day|one|evening|weekend))\b/i;

/** Whether the customer takes his leave; a question beside it still wants an answer. */
export const isFarewell = (message: string): boolean =>
  FAREWELL.test(message) && !message.includes('?') && wordsOf(message).length <= 14;

const WANTS_PERSON =
  /\b(?:speak|talk|chat|connect|transfer|put me through|pass me|get me|need|want|like)\b.{0,40}\b(?:(?:a|an|the|real|actual|your) )*(?:person|human|agent|representative|manager|supervisor|operator|someone|somebody|colleague|staff member)\b|\b(?:real|actual|live) (?:person|human)\b/i;

/** Why a person is needed, when the customer asks for one. */
export const wishForPerson = (message: string): string | undefined =>
  WANTS_PERSON.test(message) ? 'The customer asks for a person.' : undefined;

/** The situation of the instructions in which a person takes over and which the message tells of. */
export function handoffSituation(message: string, instructions: Instructions): string | undefined {
  const minCoverage = GENERAL.test(message.trim()) ? 0.95 : 0.6;
  const situation = instructions.handoffs
    .map((candidate) => situationIn(message, candidate, minCoverage))
    .find((alternative) => alternative !== undefined);
  return situation === undefined ? undefined : asReason(situation);
}

const asReason = (situation: string): string => {
  const text = situation
    .trim()
    .replace(/^(?:if|when|whenever)\s+/i, '')
    .replace(/[.;,]+$/, '');
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
};

/** Questions about how things are in general; they are looked up, not acted on. */
const GENERAL =
  /^(?:hi|hello|hey|good \w+)?[,!.\s]*(?:and |so |but |ok(?:ay)?,? )?(?:how (?:long|much|many|do|does|soon|often|far)|what|which|who|do (?:you|i)|does|is (?:it|there|the|a|your)|are (?:there|the|your|you)|can i\b.*\b(?:if|after|within|without|still|when)\b|when (?:do|does|is|are|can)|where (?:is|are) (?:the|your|you))\b/i;
/** The customer's own matter, or a wish to have something done. */
const PERSONAL =
  /\b(?:my|mine|i(?:'d| would) like|i want|i need|i have|i've|i ordered|i bought|please|can you|could you|can i|could i|may i|we need|we'd like|we would like)\b/i;

/** The task the message asks for; undefined when none fits. */
export function chooseTask(message: string, tasks: readonly OfferedTool[]): OfferedTool | undefined {
  const scored = tasks.map((tool) => ({ tool, score: taskScore(message, tool) }));
  const best = scored.sort((one, other) => other.score - one.score)[0];
  return best !== undefined && best.score >= 1.2 ? best.tool : undefined;
}

function taskScore(message: string, tool: OfferedTool): number {
  const details = collectDetails(tool, [message], [], '');
  const distinctive = Object.keys(details).filter((name) => tool.schema.properties[name]?.pattern !== undefined).length;
  if (GENERAL.test(message.trim()) && distinctive === 0 && !/\bmy\b/i.test(message)) return 0;
  if (!PERSONAL.test(message) && distinctive === 0 && message.trim().split(/\s+/).length > 6) return 0;
  const name = stemsOf(tool.name.replace(/_/g, ' '));
  const description = stemsOf(tool.description);
  const overlap = topicStems(message).reduce(
    (sum, term) => sum + matchOf(term, name) * 1.5 + matchOf(term, description) * 0.5,
    0,
  );
  return overlap + distinctive * 2;
}

/** The call of a task with all that was said since it began. */
export function callTask(tool: OfferedTool, reading: Reading, today: string): Reply {
  const exchanges = exchangesAbout(tool, reading);
  const texts = exchanges.length === 0 ? reading.userTexts.slice(-1) : reading.userTexts.slice(-1 - exchanges.length);
  return { kind: 'tool', name: tool.name, input: collectDetails(tool, texts, exchanges, today) };
}

/** The questions about this task that the assistant asked last, without a break, each with the customer's answer; oldest first. */
function exchangesAbout(tool: OfferedTool, { turns }: Reading): Exchange[] {
  const exchanges: Exchange[] = [];
  for (let index = turns.length - 1; index > 0; index -= 2) {
    const [question, answer] = [turns[index - 1], turns[index]];
    if (question?.role !== 'assistant' || answer?.role !== 'user') break;
    const property = askedProperty(tool, question.text);
    if (property === undefined) break;
    exchanges.unshift({ property, answer: answer.text });
  }
  return exchanges;
}

/** The task whose question the assistant asked last, when the new message looks like the answer to it. */
export function continuedTask(reading: Reading, tasks: readonly OfferedTool[]): OfferedTool | undefined {
  const message = reading.userTexts.at(-1) ?? '';
  if (message.includes('?') || !reading.lastAssistantText.includes('?')) return undefined;
  const asked = tasks.filter((tool) => askedProperty(tool, reading.lastAssistantText) !== undefined);
  if (asked.length <= 1) return asked[0];
  const earlier = reading.userTexts.slice(0, -1).toReversed();
  for (const text of earlier) {
    const task = chooseTask(text, asked);
    if (task !== undefined) return task;
  }
  return asked[0];
}
