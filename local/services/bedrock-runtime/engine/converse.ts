import { answerFrom } from './answer.ts';
import {
  callTask,
  chooseTask,
  continuedTask,
  handoffSituation,
  isFarewell,
  sortTools,
  type Toolbox,
  wishForPerson,
} from './choose-tool.ts';
import { type Instructions, readInstructions, refusalMatch } from './instructions.ts';
import type { OfferedTool, Reading, Reply, ToolAnswer } from './messages.ts';
import type { Passage } from './passages.ts';
import { phraseSentence } from './phrasing.ts';
import { readQuestion } from './question.ts';
import { topicStems, wordsOf } from './words.ts';

const GREETING = /^(?:hi|hello|hey|good (?:morning|afternoon|evening|day)|greetings)\b/i;
const THANKS = /^(?:thanks?|thank you|great|perfect|ok(?:ay)?|cheers|bye|goodbye|that'?s all)\b/i;
/** An order to say a text as it stands: `Say exactly this, word for word: "…"`. */
const VERBATIM = /^say exactly this, word for word:\s*["“]([\s\S]*)["”]\s*$/i;
/** A refusal's topic must be nearly all there: "delivery" alone does not ask for "a promise of a delivery date". */
const MIN_REFUSAL_MATCH = 0.75;

/** What an assistant with these instructions, tools and messages does next. Deterministic. */
export function decide(reading: Reading): Reply {
  const instructions = readInstructions(reading.system);
  const tools = sortTools(reading.tools);
  const last = reading.toolAnswers.at(-1);
  return last === undefined
    ? replyToMessage(reading, instructions, tools)
    : replyToTool(last, reading, instructions, tools);
}

function replyToMessage(reading: Reading, instructions: Instructions, tools: Toolbox): Reply {
  const message = reading.userTexts.at(-1) ?? '';
  const wording = VERBATIM.exec(message.trim())?.[1];
  if (wording !== undefined) return say(wording);
  const asked = acceptedOffer(reading, tools) ?? wishForPerson(message);
  if (asked !== undefined && tools.handoff !== undefined) return handOver(asked, reading, tools.handoff.name);
  if (tools.end !== undefined && isFarewell(message)) return takeLeave(tools.end);
  if (tools.ask !== undefined) return askOrChat(message, reading, instructions, tools.ask);
  const continued = continuedTask(reading, tools.tasks);
  if (continued !== undefined) return callTask(continued, reading, todayIn(reading.system));
  const refusal = refusalFor(message, instructions);
  if (refusal?.unlessDocumented === false) return say(refusal.reply);
  const task = chooseTask(message, tools.tasks);
  if (task !== undefined) return callTask(task, reading, todayIn(reading.system));
  const situation = handoffSituation(message, instructions);
  if (situation !== undefined && tools.handoff !== undefined) return handOver(situation, reading, tools.handoff.name);
  if (topicStems(message).length === 0 || isSmallTalk(message)) return say(smallTalk(message, reading, instructions));
  if (tools.search !== undefined)
    return { kind: 'tool', name: tools.search.name, input: { query: withPrice(queryOf(reading)) } };
  return say(answerFrom([], instructions.facts, message) ?? unknown(instructions, tools));
}

/** The customer's matter is for the one who can be asked; only pleasantries are answered here. */
function askOrChat(message: string, reading: Reading, instructions: Instructions, ask: OfferedTool): Reply {
  const pleasantry = message.trim().replace(GREETING, '').replace(THANKS, '');
  const isChat = pleasantry !== message.trim() && !message.includes('?') && topicStems(pleasantry).length === 0;
  return isChat || wordsOf(message).length === 0
    ? say(smallTalk(message, reading, instructions))
    : { kind: 'tool', name: ask.name, input: { question: message } };
}

const takeLeave = ({ name, schema }: OfferedTool): Reply => ({
  kind: 'tool',
  name,
  input: Object.hasOwn(schema.properties, 'reason') ? { reason: 'The customer said goodbye.' } : {},
});

function replyToTool(last: ToolAnswer, reading: Reading, instructions: Instructions, tools: Toolbox): Reply {
  if (last.isError) return say("I'm sorry, something went wrong while I was looking that up. Please try again.");
  const { json } = last;
  const passages = passagesIn(json);
  if (passages !== undefined) return say(fromPassages(passages, last, reading, instructions, tools));
  if (json.outcome === 'handoff' || last.toolName === tools.handoff?.name) {
    const told = [json.text, ...reading.toolAnswers.map((answer) => answer.json.answer)].find(
      (text) => typeof text === 'string',
    );
    return say(
      typeof told === 'string' ? told : "I'm passing you to a colleague now, together with what you've told me.",
    );
  }
  const wish = handoffAskedFor(json);
  if (wish !== undefined && tools.handoff !== undefined) return { kind: 'tool', name: tools.handoff.name, input: wish };
  if (last.toolName === tools.end?.name) return say('Thank you for calling. Goodbye.');
  const text = [json.text, json.answer].find((told) => typeof told === 'string' && told.trim() !== '');
  return say(
    typeof text === 'string'
      ? text
      : phraseSentence(Object.keys(json).length === 0 && last.text !== '' ? last.text : 'Done'),
  );
}

function fromPassages(
  passages: readonly Passage[],
  last: ToolAnswer,
  reading: Reading,
  instructions: Instructions,
  tools: Toolbox,
): string {
  const message = reading.userTexts.at(-1) ?? '';
  const query = typeof last.input.query === 'string' ? last.input.query : '';
  const isSearch = last.toolName === tools.search?.name;
  const asked = isSearch ? query || message : reading.userTexts.slice(-1).join(' ');
  const note = typeof last.json.note === 'string' ? phraseSentence(last.json.note) : '';
  const refusal = note === '' ? refusalFor(message, instructions) : undefined;
  const answer =
    answerFrom(passages, instructions.facts, asked) ??
    (note === '' ? undefined : answerFrom(passages, [], `${last.toolName.replace(/_/g, ' ')} ${note}`));
  if (note !== '') return answer === undefined ? note : `${note} ${answer}`;
  return answer ?? refusal?.reply ?? unknown(instructions, tools);
}

/** The result of a search, by its shape: a list of objects with text. */
function passagesIn(json: Readonly<Record<string, unknown>>): Passage[] | undefined {
  const list = json.passages;
  if (!Array.isArray(list)) return undefined;
  return list.flatMap((entry: unknown, index): Passage[] => {
    if (typeof entry !== 'object' || entry === null || !('text' in entry) || typeof entry.text !== 'string') return [];
    const { marker, path, description } = entry as Record<string, unknown>;
    return [
      {
        marker: typeof marker === 'number' ? marker : index + 1,
        path: typeof path === 'string' ? path : '',
        description: typeof description === 'string' ? description : '',
        text: entry.text,
      },
    ];
  });
}

/** Whoever was asked may answer that a person must take over: `{handoff: {reason, summary}}`. */
function handoffAskedFor({
  handoff,
}: Readonly<Record<string, unknown>>): { reason: string; summary: string } | undefined {
  if (typeof handoff !== 'object' || handoff === null) return undefined;
  const { reason, summary } = handoff as Readonly<Record<string, unknown>>;
  return { reason: typeof reason === 'string' ? reason : '', summary: typeof summary === 'string' ? summary : '' };
}

const say = (text: string): Reply => ({ kind: 'text', text });

const handOver = (reason: string, reading: Reading, name: string): Reply => ({
  kind: 'tool',
  name,
  input: { reason, summary: summaryOf(reading) },
});

/** The customer's last words, the newest last. */
const summaryOf = ({ userTexts }: Reading): string => userTexts.slice(-3).map(phraseSentence).join(' ').slice(0, 400);

/** "Yes, please" after an offer to pass the customer on. */
function acceptedOffer(reading: Reading, tools: Toolbox): string | undefined {
  const message = reading.userTexts.at(-1) ?? '';
  const isOffer = /\b(?:pass|transfer|connect|put)\b.*\b(?:colleague|person|someone|human|team)\b.*\?/i.test(
    reading.lastAssistantText,
  );
  const accepts = /^(?:yes|yeah|yep|sure|please|ok(?:ay)?|go ahead|that would be)\b/i.test(message.trim());
  return isOffer && accepts && tools.handoff !== undefined ? 'The customer accepts to be passed on.' : undefined;
}

function refusalFor(message: string, { refusals }: Instructions): Instructions['refusals'][number] | undefined {
  const best = refusals
    .map((refusal) => ({ refusal, match: refusalMatch(message, refusal.topic) }))
    .sort((one, other) => other.match - one.match)[0];
  return best !== undefined && best.match >= MIN_REFUSAL_MATCH ? best.refusal : undefined;
}

const isSmallTalk = (message: string): boolean =>
  (GREETING.test(message.trim()) || THANKS.test(message.trim())) && wordsOf(message).length <= 4;

function smallTalk(message: string, reading: Reading, { greeting }: Instructions): string {
  if (THANKS.test(message.trim())) return "You're welcome. Is there anything else I can help you with?";
  const isOpening = reading.userTexts.length <= 1;
  return isOpening && greeting !== undefined ? greeting : 'How can I help you?';
}

/** A follow-up ("And for pillows?") asks the question before it about something else: its last noun makes way. */
function queryOf({ userTexts }: Reading): string {
  const message = userTexts.at(-1) ?? '';
  const before = userTexts.at(-2);
  const instead = /^(?:and|what about|how about|and what about)\s+(?:for |with |on |about )?(.+?)\??$/i.exec(
    message.trim(),
  )?.[1];
  if (before === undefined || instead === undefined || topicStems(instead).length > 3) return message;
  const last = wordsOf(before).findLast((word) => topicStems(word).length > 0);
  return last === undefined
    ? `${before} ${instead}`
    : before.replace(new RegExp(`\\b(?:(?:a|an|the)\\s+)?${last}\\b`, 'i'), instead);
}

/** "The cheapest" is found where prices are. */
const withPrice = (query: string): string =>
  readQuestion(query).superlative === undefined ? query : `${query.replace(/[?.!\s]+$/, '')}, price`;

const unknown = ({ unknown: stated }: Instructions, { handoff }: Toolbox): string =>
  stated ??
  (handoff === undefined
    ? "I'm sorry, I couldn't find that in the information I have."
    : "I'm sorry, I couldn't find that in the information I have. Would you like me to pass you to a colleague?");

const todayIn = (system: string): string => /\bToday is (\d{4}-\d{2}-\d{2})\b/.exec(system)?.[1] ?? '';
