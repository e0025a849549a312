import { change, type Draft, journal, tell } from './draft.ts';
import { SESSION_LIMITS } from './session-limits.ts';
import type { Part, SessionState } from './session-state.ts';
import { playedText, wholeText } from './spoken-text.ts';
import { remember } from './talk.ts';

/**
 * Puts on record what was said of these parts: an operator's words apart from the agent's own. `headMs`: how far the
 * caller heard it, where that is not all.
 */
export function recordSpoken(
  draft: Draft,
  { headMs, isCutOff, wasCut }: { readonly headMs: number; readonly isCutOff: boolean; readonly wasCut: boolean },
): void {
  const { speech, control } = draft.state;
  const spoken = bySpeaker(speech.parts, control.said)
    .map((group) => ({ ...group, text: isCutOff ? playedText(group.parts, headMs) : wholeText(group.parts) }))
    .filter(({ text }) => text !== '');
  for (const [index, group] of spoken.entries()) {
    recordGroup(draft, group, { headMs, wasCut: wasCut && index === spoken.length - 1 });
  }
}

interface Group {
  readonly operator: string | undefined;
  readonly parts: readonly Part[];
  readonly text: string;
}

/** Parts that follow each other and are of the same speaker. `said`: the responses that operators have had said. */
export function bySpeaker(
  all: readonly Part[],
  said: SessionState['control']['said'],
): readonly Pick<Group, 'operator' | 'parts'>[] {
  const groups: { operator: string | undefined; parts: Part[] }[] = [];
  for (const part of all) {
    const operator = said.find(({ responseId }) => responseId === part.responseId)?.operator;
    const last = groups.at(-1);
    if (last !== undefined && last.operator === operator) last.parts.push(part);
    else groups.push({ operator, parts: [part] });
  }
  return groups;
}

function recordGroup(
  draft: Draft,
  { operator, parts, text }: Group,
  { headMs, wasCut }: { readonly headMs: number; readonly wasCut: boolean },
): void {
  const { speech, briefing } = draft.state;
  const turnFromMs = speech.parts[0]?.fromMs ?? 0;
  const fromMs = parts[0]?.fromMs ?? 0;
  const untilMs = Math.min(
    headMs,
    operator === undefined && parts.at(-1) === speech.parts.at(-1) ? headMs : (parts.at(-1)?.toMs ?? headMs),
  );
  remember(draft, 'assistant', text);
  journal(draft, {
    kind: 'turn',
    role: 'assistant',
    turnNumber: speech.turn,
    text: text.slice(0, SESSION_LIMITS.turnCharacters),
    ...(wasCut && { interrupted: true }),
    ...(speech.latencyMs !== undefined && { answerLatencyMs: speech.latencyMs }),
    ...(speech.beganAtMs !== undefined &&
      briefing && { startMs: Math.max(0, speech.beganAtMs - briefing.startedAtMs) + Math.round(fromMs - turnFromMs) }),
    playedMs: Math.round(Math.max(0, untilMs - fromMs)),
    ...(operator !== undefined && { operator }),
  });
  tell(draft, {
    type: 'transcript',
    turn: speech.turn,
    role: 'assistant',
    stage: 'final',
    text,
    ...(wasCut && { interrupted: true }),
  });
  change(draft, 'speech', { latencyMs: undefined });
}
