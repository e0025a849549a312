import type { AgentBrain, AgentSelf, BrainAnswer } from '../../../shared/voice/session/agent-brain.ts';
import type { VirtualClock } from './virtual-clock.ts';

export interface ScriptedBrainOptions {
  readonly clock: VirtualClock;
  readonly self?: Partial<AgentSelf>;
  readonly answer?: (text: string) => Partial<BrainAnswer> & { readonly afterMs?: number };
  /** The first descriptions fail. */
  readonly failingDescriptions?: number;
}

/** An agent that answers by a script; remembers what it was asked. */
export function scriptedBrain(
  options: ScriptedBrainOptions,
): AgentBrain & { readonly asked: string[]; readonly told: Parameters<AgentBrain['ask']>[0]['live'][] } {
  const { clock, self } = options;
  const answer: NonNullable<ScriptedBrainOptions['answer']> =
    options.answer ?? ((text) => ({ answer: `About ${text}: yes.` }));
  const asked: string[] = [];
  const told: Parameters<AgentBrain['ask']>[0]['live'][] = [];
  let failures = options.failingDescriptions ?? 0;
  return {
    asked,
    told,
    async describe(signal) {
      await clock.sleep(50, signal);
      if (failures-- > 0) throw new Error('Scripted: not reachable.');
      return {
        prompt: 'You help with orders.',
        greeting: undefined,
        agentName: 'Cozy Comfort',
        agentVersion: 1,
        topics: ['returns'],
        ...self,
      };
    },
    async ask({ text, live, signal }) {
      asked.push(text);
      told.push(live);
      const { afterMs = 300, ...rest } = answer(text);
      await clock.sleep(afterMs, signal);
      return { answer: '', handoff: null, clauseIds: [], ...rest };
    },
    async search({ query, signal }) {
      await clock.sleep(100, signal);
      return [{ path: 'policy.md', text: `On ${query}: thirty days.`, score: 0.9 }];
    },
  };
}
