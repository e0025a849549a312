import { type CallCommand, MAX_COMMAND_CHARACTERS } from '../../control/command.ts';
import { toldOf } from '../../control/live-context.ts';
import { mergePatch } from '../../control/merge-patch.ts';
import type { CallKeeper, CallLook } from '../keeper/call-keeper.ts';
import { isMuted, SESSION_CONTROL } from './control-state.ts';
import { change, type Draft, feed, journal } from './draft.ts';
import { beginEnding, callOffEnding } from './ending.ts';
import { phrasesOf } from './phrases.ts';
import type { SessionEvent } from './session-events.ts';
import type { SessionState } from './session-state.ts';
import { cutSpeech, isSpeaking, sayPhrase } from './speech.ts';
import { settingsChanged } from './switching.ts';
import { handOff } from './tool-use.ts';
import { askEngine } from './turns.ts';

/*
 * Operators: their commands are applied in order and each once, put on record, and survive this owner by the
 * checkpoint that is stored with them.
 */

/** What a look need not bring again. */
export const knownOfOutside = ({ control, switching }: SessionState): Parameters<CallKeeper['look']>[0] => ({
  afterCommand: control.lastCommand,
  afterContext: control.contextVersion,
  ...(switching.agentId !== undefined && { agentId: switching.agentId }),
});

/** What people outside want. Before the call talks, and once a successor was called, commands wait: for the successor. */
export function looked(draft: Draft, { look, agentId }: Extract<SessionEvent, { type: 'looked' }>): void {
  const { handOver, phase, switching } = draft.state;
  if (handOver.status !== 'none') return;
  // Of an agent that has the call no more nothing is heeded.
  if (agentId === switching.agentId) lookedAtAgent(draft, look);
  if (phase !== 'talking' && phase !== 'ending') return;
  for (const command of look.commands) {
    if (command.seq === draft.state.control.lastCommand + 1 && !isOver(draft)) apply(draft, command);
  }
}

function lookedAtAgent(draft: Draft, { context, settingsVersion }: CallLook): void {
  const { control } = draft.state;
  if (context !== undefined && context.version > control.contextVersion) {
    change(draft, 'control', { live: toldOf(context), contextVersion: context.version });
    note(
      draft,
      `What holds for now has changed. From now on this is so, and nothing else of it: ${dataOf(toldOf(context) ?? {})}`,
    );
  }
  settingsChanged(draft, settingsVersion);
}

// Also what was done meanwhile may have ended the call.
const isOver = ({ state }: Draft): boolean => state.phase === 'over';

function apply(draft: Draft, command: CallCommand): void {
  const { seq, action, commandId, operator, text = command.reason } = command;
  change(draft, 'control', { lastCommand: seq, commandAtMs: draft.nowMs });
  journal(draft, {
    kind: 'operator',
    action,
    commandId,
    operator: operator.name,
    operatorId: operator.id,
    ...(text !== undefined && { text: text.slice(0, MAX_COMMAND_CHARACTERS) }),
  });
  COMMANDS[action](draft, command);
}

const COMMANDS: Readonly<Record<CallCommand['action'], (draft: Draft, command: CallCommand) => void>> = {
  whisper: (draft, { text = '' }) => {
    change(draft, 'control', { whispers: newest([...draft.state.control.whispers, text]) });
    note(draft, `${WHISPERED} ${text}`);
  },
  say,
  hold: (draft) => {
    if (draft.state.control.mode === 'hold' || isEnding(draft)) return;
    mute(draft, 'hold');
    change(draft, 'control', { reassuredAtMs: draft.nowMs });
    sayPhrase(draft, phrasesOf(draft.state.client.language).hold);
  },
  takeover: (draft, command) => {
    if (isEnding(draft)) return;
    if (draft.state.control.mode !== 'takeover') mute(draft, 'takeover');
    if (command.text !== undefined) say(draft, command);
  },
  resume: (draft) => {
    if (isMuted(draft.state)) giveBack(draft);
  },
  transfer: (draft, { reason, to, operator }) => {
    silence(draft);
    const handoff = {
      reason: reason ?? 'A colleague passed the call on.',
      summary: lastWords(draft.state),
      ...(to !== undefined && { to: to.phoneNumber }),
      operator: operator.name,
    };
    handOff(draft, handoff, phrasesOf(draft.state.client.language).transfer);
  },
  end: (draft) => {
    silence(draft);
    const { goodbye } = phrasesOf(draft.state.client.language);
    beginEnding(draft, { reason: 'operator-ended', phrase: goodbye, isSoft: false });
  },
  context: (draft, { patch = {} }) => {
    const contextOverride = mergePatch(draft.state.client.contextOverride, patch);
    change(draft, 'client', { contextOverride });
    change(draft, 'control', { contextOverride });
    note(draft, `Facts about this call have changed. They are now, as data: ${dataOf(contextOverride)}`);
  },
};

const WHISPERED =
  'A colleague who listens tells you this. Act on it from your next answer on; never mention it or that somebody listens:';

/** Queued: nobody is interrupted by it, neither the caller nor the agent. */
function say(draft: Draft, { seq, text, operator }: CallCommand): void {
  if (text === undefined || isEnding(draft)) return;
  callOffEnding(draft);
  const { says } = draft.state.control;
  change(draft, 'control', { says: [...says, { seq, text, operator: operator.name }].slice(-SESSION_CONTROL.says) });
}

/** An end that the caller's words do not call off is not called off by an operator's either. */
const isEnding = ({ state }: Draft): boolean => state.ending !== undefined && !state.ending.isSoft;

/** From now on the agent answers nothing; what it owes is kept. */
function mute(draft: Draft, mode: 'hold' | 'takeover'): void {
  callOffEnding(draft);
  silence(draft);
  const { talk, control } = draft.state;
  const waiting = isMuted(draft.state) ? control.waiting : (talk.unanswered?.text ?? '');
  change(draft, 'control', { mode, waiting });
  change(draft, 'talk', { unanswered: undefined, isHeldBack: false });
  feed(draft, { type: 'listen-only', on: true });
}

/** What the agent says stops here. */
function silence(draft: Draft): void {
  if (draft.state.control.saying?.responseId === undefined) cutSpeech(draft, true);
}

/** The agent has the call again: it knows what was said meanwhile, and answers what waits. */
function giveBack(draft: Draft): void {
  const { control, client, talk } = draft.state;
  const { waiting, mode } = control;
  change(draft, 'control', { mode: 'agent', waiting: '' });
  change(draft, 'talk', { activeAtMs: draft.nowMs, idleAsks: 0 });
  feed(draft, { type: 'listen-only', on: false });
  note(draft, `${GIVEN_BACK}\n${lastWords(draft.state)}`);
  if (waiting !== '') {
    const sinceMs = draft.nowMs;
    const unanswered = { text: waiting, sinceMs, answerBegun: false, nudged: false };
    change(draft, 'talk', { unanswered, question: talk.question ?? waiting, toolUses: 0, fillerSaid: false });
    askEngine(draft, waiting);
  } else if (mode === 'hold') sayPhrase(draft, phrasesOf(client.language).holdOver);
}

const GIVEN_BACK =
  'You have the call again. Whatever you wanted to say in the meantime was not heard. What was really said last:';

/** The newest turns, for whoever comes into the call. */
const lastWords = ({ talk }: SessionState): string =>
  talk.history
    .slice(-6)
    .map(({ role, text }) => `${role === 'user' ? 'Caller' : 'Agent'}: ${text}`)
    .join('\n')
    .slice(-1500);

const note = (draft: Draft, text: string): void => feed(draft, { type: 'text', role: 'note', text });

const dataOf = (value: unknown): string => JSON.stringify(value).replaceAll('<', '\\u003c').slice(0, 8000);

/** As many of the newest as a checkpoint has room for. */
function newest(whispers: readonly string[]): readonly string[] {
  const kept = whispers.slice(-SESSION_CONTROL.whispers);
  while (kept.join('').length > SESSION_CONTROL.whisperCharacters) kept.shift();
  return kept;
}

/** Each tick: says what waits to be said, comforts who waits, and ends what every operator has forgotten. */
export function controlTick(draft: Draft): void {
  sayNext(draft);
  const { control, client, talk } = draft.state;
  if (!isMuted(draft.state) || isEnding(draft)) return;
  if (draft.nowMs - control.commandAtMs >= SESSION_CONTROL.lapseAfterMs) {
    journal(draft, { kind: 'warning', code: 'control-lapsed' });
    giveBack(draft);
    return;
  }
  const isQuiet = !talk.isSpeaking && !isSpeaking(draft.state, draft.nowMs) && client.lostAtMs === undefined;
  if (control.mode !== 'hold' || !isQuiet || !draft.state.streams.current) return;
  if (draft.nowMs - control.reassuredAtMs < SESSION_CONTROL.reassureEveryMs) return;
  change(draft, 'control', { reassuredAtMs: draft.nowMs });
  sayPhrase(draft, phrasesOf(client.language).stillHolding);
}

/** Gives the engine the next words of an operator when nobody speaks and nobody owes an answer. */
function sayNext(draft: Draft): void {
  const { control, talk, speech, streams, tools, client, ending } = draft.state;
  const [next] = control.says;
  if (next === undefined || control.saying !== undefined || (ending && !ending.isSoft)) return;
  const hasFloor =
    talk.speechSinceMs === undefined &&
    !talk.unanswered &&
    !speech.cutAt &&
    speech.phrases.length === 0 &&
    tools.length === 0 &&
    !isSpeaking(draft.state, draft.nowMs);
  if (!hasFloor || !streams.current || client.lostAtMs !== undefined) return;
  change(draft, 'control', { saying: { ...next, givenAtMs: draft.nowMs, responseId: undefined } });
  sayPhrase(draft, next.text);
}
