import { toldOf } from '../../control/live-context.ts';
import type { AgentContext } from '../../customers/customer-memory.ts';
import type { CallBriefing, CallControl } from '../keeper/call-keeper.ts';
import type { SessionState } from './session-state.ts';

/** Bounds of what operators do to a call; together with a history a checkpoint holds all of it. */
export const SESSION_CONTROL = {
  whispers: 5,
  whisperCharacters: 3000,
  says: 4,
  waitingCharacters: 2000,
  /** A call that is held or taken over and forgotten goes back to its agent. */
  lapseAfterMs: 300_000,
  /** Somebody who waits hears as often that he is not forgotten. */
  reassureEveryMs: 45_000,
  /** Words given to the engine that it does not begin to say by then are given once more. */
  beginWithinMs: 10_000,
  sayTries: 3,
} as const;

/** What operators have made of the call. */
export interface Control extends CallControl {
  readonly reassuredAtMs: number;
  /** Given to the engine; `responseId` once it is being said. */
  readonly saying:
    | (CallControl['says'][number] & { readonly givenAtMs: number; readonly responseId: string | undefined })
    | undefined;
  /** How often the first of `says` was given to the engine in vain. */
  readonly sayFailures: number;
  /** Responses that said an operator's words; the newest few. */
  readonly said: readonly { readonly responseId: string; readonly operator: string }[];
  readonly contextVersion: number;
  /** What the agent is told for now. */
  readonly live: AgentContext['live'];
}

export const untouched = (nowMs: number): Control => ({
  lastCommand: 0,
  mode: 'agent',
  commandAtMs: nowMs,
  reassuredAtMs: nowMs,
  whispers: [],
  says: [],
  saying: undefined,
  sayFailures: 0,
  said: [],
  waiting: '',
  contextVersion: 0,
  live: undefined,
});

/** As the owner before left it. */
export const restoredControl = ({ checkpoint, live, cause }: CallBriefing, nowMs: number): Control => ({
  ...untouched(nowMs),
  ...checkpoint?.control,
  // Nobody has in hand who comes back from a person.
  ...(cause === 'return' && { mode: 'agent' as const, waiting: '' }),
  contextVersion: live?.version ?? 0,
  live: toldOf(live),
});

/** What a successor must know; undefined where no operator has touched the call. */
export const storedControl = ({ control }: SessionState): CallControl | undefined => {
  const { lastCommand, mode, commandAtMs, whispers, says, waiting, contextOverride } = control;
  if (lastCommand === 0) return undefined;
  const facts = contextOverride === undefined ? {} : { contextOverride };
  return { lastCommand, mode, commandAtMs, whispers, says, waiting, ...facts };
};

/** Whether the agent is to answer nothing. */
export const isMuted = ({ control }: Pick<SessionState, 'control'>): boolean => control.mode !== 'agent';

/** What holds for now, for whoever answers: the owner's word, and what the agent was told in secret. */
export const liveFor = ({ control }: SessionState): AgentContext['live'] => {
  const { live, whispers } = control;
  const words = [live?.specialInstructions, ...whispers].filter((text) => text !== undefined);
  return words.length === 0 ? live : { ...live, specialInstructions: words.join('\n') };
};
