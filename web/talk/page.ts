import type { CallView, Line, ToolLine } from '../voice/call-view.ts';
import { isOver, type SessionState } from '../voice/session-machine.ts';
import type { SpeakingAgent } from './agents.ts';
import type { TalkScreen } from './call.ts';
import { asDollars, asSeconds, asTime, asWords, statusOf } from './words.ts';

/** An element of `index.html`. Throws when the page has none of this id. */
export function element<Type extends HTMLElement>(id: string): Type {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`The page has no element "${id}".`);
  return found as Type;
}

const show = (id: string, visible: boolean): void => {
  element(id).hidden = !visible;
};

const write = (id: string, text: string): void => {
  const target = element(id);
  // Unchanged text is left alone: a screen reader would say it again.
  if (target.textContent !== text) target.textContent = text;
};

/** Asks for agent and key, or shows the call. */
export function showSetup(visible: boolean): void {
  show('setup', visible);
  show('call', !visible);
  show('controls', !visible);
}

/** Draws what depends on where the call is. */
function drawState(state: SessionState, call: { readonly muted: boolean; readonly hasMicrophone: boolean }): void {
  const isOn = !isOver(state.phase);
  const isLive = state.phase === 'live';
  write('status', statusOf(state));
  const button = element<HTMLButtonElement>('call-button');
  button.textContent = isOn ? 'Hang up' : state.phase === 'idle' ? 'Call' : 'Call again';
  button.classList.toggle('hang-up', isOn);
  const mute = element<HTMLButtonElement>('mute');
  mute.disabled = !isOn || !call.hasMicrophone;
  mute.setAttribute('aria-pressed', String(call.muted));
  mute.textContent = call.muted ? 'Unmute' : 'Mute';
  element<HTMLButtonElement>('keypad-button').disabled = !isLive;
  element<HTMLInputElement>('typed').disabled = !isLive;
  element<HTMLButtonElement>('send').disabled = !isLive;
  show('change-agent', !isOn);
  const others = element<HTMLSelectElement>('other-agent');
  others.disabled = !isLive;
  others.value = (isOn ? (state.wantedAgentId ?? state.switchedAgentId) : undefined) ?? others.dataset.begunWith ?? '';
  if (!isLive) openKeypad(false);
  write('route', isOn ? state.route : '–');
}

/** Lets the caller choose who goes on with the call; nobody where there is no other. */
export function offerAgents(agents: readonly SpeakingAgent[], begunWith: string): void {
  const others = element<HTMLSelectElement>('other-agent');
  others.dataset.begunWith = begunWith;
  others.replaceChildren(...agents.map(({ agentId, name }) => new Option(name, agentId)));
  others.value = begunWith;
  show('switch', agents.length > 1);
}

export function openKeypad(open: boolean): void {
  show('keypad', open);
  document.body.classList.toggle('keypad-open', open);
  element('keypad-button').setAttribute('aria-expanded', String(open));
}

/** What went wrong; nothing when all is well. */
function drawProblem(advice: { readonly title: string; readonly remedy: string } | undefined): void {
  show('problem', advice !== undefined);
  write('problem-title', advice?.title ?? '');
  write('problem-remedy', advice?.remedy ?? '');
}

/** Draws what was said and measured. */
function drawView(view: CallView): void {
  write('agent-name', view.agentName ?? 'Talk to an agent');
  write('elapsed', asTime(view.elapsedSeconds));
  write('latency', asSeconds(view.answerLatencyMs));
  write('cost', asDollars(view.costMicroUsd));
  write(
    'engine',
    view.engine === undefined ? '–' : `${view.engine}${view.voice === undefined ? '' : `, ${view.voice}`}`,
  );
  show('notice', view.notice !== undefined);
  write('notice', view.notice ?? '');
  drawList('transcript', view.lines, drawLine);
  show('transcript-empty', view.lines.length === 0);
  drawList('tools', view.tools, drawTool);
  show('tools-empty', view.tools.length === 0);
}

/** Redraws only rows that changed. */
function drawList<Row>(id: string, rows: readonly Row[], draw: (row: Row) => HTMLLIElement): void {
  const list = element(id);
  rows.forEach((row, index) => {
    const item = draw(row);
    const present = list.children[index];
    if (present === undefined) list.append(item);
    else if (!present.isEqualNode(item)) present.replaceWith(item);
  });
  while (list.children.length > rows.length) list.lastElementChild?.remove();
}

/** Keeps the end of a growing list in sight, until a reader scrolls up to read what was before. */
export function followEnd(id: string): void {
  const list = element(id);
  let follows = true;
  const toEnd = (): void => {
    if (follows) list.scrollTop = list.scrollHeight;
  };
  let lastTop = 0;
  list.addEventListener('scroll', () => {
    const isAtEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 40;
    // A list that only lost height was not scrolled by anybody.
    follows = isAtEnd || (follows && list.scrollTop >= lastTop);
    lastTop = list.scrollTop;
  });
  new ResizeObserver(toEnd).observe(list);
  new MutationObserver(toEnd).observe(list, { childList: true });
}

function drawLine({ role, text, stage, interrupted }: Line): HTMLLIElement {
  const item = document.createElement('li');
  item.className = role;
  const who = document.createElement('span');
  who.className = 'who';
  who.textContent = `${role === 'user' ? 'You' : 'Agent'}${interrupted ? ', interrupted' : ''}`;
  const words = document.createElement(interrupted && stage === 'speculative' ? 's' : 'span');
  words.className = stage;
  words.textContent = interrupted && stage === 'final' ? `${text} —` : text;
  item.append(who, words);
  return item;
}

function drawTool({ name, status, durationMs }: ToolLine): HTMLLIElement {
  const item = document.createElement('li');
  item.className = status;
  const what = document.createElement('span');
  what.textContent = asWords(name);
  const how = document.createElement('span');
  how.textContent = status === 'started' ? 'at work…' : status === 'failed' ? 'failed' : asSeconds(durationMs);
  item.append(what, how);
  return item;
}

/** The whole page as what shows a call. */
export const SCREEN: TalkScreen = {
  drawState,
  drawView,
  drawProblem,
  drawLevel: (way, level) => {
    element<HTMLMeterElement>(`level-${way}`).value = level;
  },
  drawElapsed: (seconds) => write('elapsed', asTime(seconds)),
};
