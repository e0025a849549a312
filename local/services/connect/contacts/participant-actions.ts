import type { Parameters } from '../flow/flow-language.ts';
import type { Input } from './live-contact.ts';
import { failed, mapOf, NEXT, type Outcome, type Turn, textOf } from './turn.ts';

/** What is heard of a prompt: SSML without its marks. */
function promptOf(parameters: Parameters): string {
  const ssml =
    textOf(parameters, 'SSML') || (/^\s*<speak>/.test(textOf(parameters, 'Text')) ? textOf(parameters, 'Text') : '');
  if (ssml === '') return textOf(parameters, 'Text');
  return ssml
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();
}

/** Lets the prompt be heard; false when it is empty (a reference to nothing) or too long, which is an error. */
function play({ desk, contact, parameters }: Turn): boolean {
  const prompt = promptOf(parameters);
  const recorded = textOf(parameters, 'PromptId') || mapOf(parameters.Media).Uri || '';
  if (prompt.length > MOST_PROMPT_CHARACTERS[contact.channel] || (prompt === '' && recorded === '')) return false;
  desk.say(contact.id, prompt === '' ? `[prompt ${recorded}]` : prompt);
  return true;
}

/** Most of one message of a chat (API reference, SendMessage) and of a prompt that is spoken (Polly's limit). */
const MOST_PROMPT_CHARACTERS = { CHAT: 1024, VOICE: 3000 } as const;

const UNHEARD = failed('NoMatchingError', 'the prompt is empty or too long');

export const playPrompt = (turn: Turn): Outcome => (play(turn) ? NEXT : UNHEARD);

/** Prompts of a queue; each is heard once. */
export const playPrompts = ({ desk, contact, parameters }: Turn): Outcome => {
  for (const message of Object.values(parameters.Messages ?? [])) desk.say(contact.id, promptOf(mapOf(message)));
  return NEXT;
};

/** Keys of a menu are one each; of an entry, up to its end mark, its length, or five silent seconds. */
const BETWEEN_KEYS_MS = 5000;
const MOST_KEYS = 20;

export const collectInput = async (turn: Turn): Promise<Outcome> => {
  const { parameters, contact, live, desk } = turn;
  if (!play(turn)) return UNHEARD;
  const limitMs = Number(textOf(parameters, 'InputTimeLimitSeconds')) * 1000;
  const first = await live.next(limitMs);
  if (textOf(parameters, 'StoreInput') !== 'True') return chosen(first);
  const whole = contact.channel === 'CHAT' ? inputOf(first) : await entry(turn, first);
  if (whole === undefined) return failed('InputTimeLimitExceeded');
  desk.change(contact.id, ({ run }) => (run === undefined ? {} : { run: { ...run, storedInput: whole } }));
  return { kind: 'next' };
};

const inputOf = (input: Input): string | undefined => (input.kind === 'input' ? input.value : undefined);

function chosen(input: Input): Outcome {
  return input.kind === 'input' ? { kind: 'condition', value: input.value } : failed('InputTimeLimitExceeded');
}

async function entry({ parameters, live }: Turn, first: Input): Promise<string | undefined> {
  const { CustomValidation } = (parameters.InputValidation ?? {}) as { CustomValidation?: { MaximumLength?: string } };
  const { InputTerminationSequence = '#', InterdigitTimeLimitSeconds } = mapOf(parameters.DTMFConfiguration);
  const most = Number(CustomValidation?.MaximumLength ?? MOST_KEYS);
  const betweenMs =
    InterdigitTimeLimitSeconds === undefined ? BETWEEN_KEYS_MS : Number(InterdigitTimeLimitSeconds) * 1000;
  let keys = '';
  for (let input = first; input.kind === 'input'; input = await live.next(betweenMs)) {
    keys += input.value;
    if (keys.endsWith(InputTerminationSequence)) return keys.slice(0, -InputTerminationSequence.length);
    if (keys.length >= most) return keys;
  }
  return keys === '' ? undefined : keys;
}

/** Asks the bot that a test has scripted for the alias; without one there is no Lex here. */
export const askBot = async (turn: Turn): Promise<Outcome> => {
  const { desk, contact, parameters, live } = turn;
  const { AliasArn: alias = '' } = mapOf(parameters.LexV2Bot);
  const { store, context } = desk.dependencies;
  const bot = desk.bots.get(alias);
  const associated = store
    .integrations(contact.instanceId)
    .some(({ kind, arn }) => kind === 'LEX_BOT' && arn === alias);
  if (bot === undefined || !associated) {
    const note = associated
      ? 'the embedded cloud has no Lex; script the bot with cloud.connect.bot'
      : 'the bot is not associated';
    context.log(`connect: ${alias} was not asked: ${note}`);
    return failed('NoMatchingError', note);
  }
  if (!play(turn)) return UNHEARD;
  const heard = await live.next(Number(mapOf(parameters.LexTimeoutSeconds).Text ?? 300) * 1000);
  if (heard.kind !== 'input') return failed('InputTimeLimitExceeded');
  const { intent, slots = {}, says } = await bot(heard.value, mapOf(parameters.LexSessionAttributes));
  if (says !== undefined) desk.say(contact.id, says);
  desk.change(contact.id, ({ run }) =>
    run === undefined ? {} : { run: { ...run, lex: { IntentName: intent, Slots: slots } } },
  );
  return { kind: 'condition', value: intent };
};
