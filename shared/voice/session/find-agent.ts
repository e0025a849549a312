import { type AgentTerms, FencedError } from '../keeper/call-keeper.ts';
import type { AgentBrain, AgentSelf } from './agent-brain.ts';
import type { Effect, SessionEvent } from './session-events.ts';
import type { SessionParts } from './session-parts.ts';

type Refusal = Extract<SessionEvent, { type: 'agent-refused' }>;

/** Looks an agent up and gets it ready to be spoken to; tells the machine what became of it. Never throws. */
export async function findAgent(
  parts: SessionParts,
  { wish, agentId, self }: Extract<Effect, { type: 'find-agent' }>,
  dispatch: (event: SessionEvent) => void,
): Promise<void> {
  const { deps, over } = parts;
  try {
    const answer = await deps.keeper.agent(agentId);
    if (over.signal.aborted) return;
    if (answer.outcome === 'refused') dispatch({ type: 'agent-refused', wish, retryable: false, ...refusalOf(answer) });
    else if (answer.outcome === 'elsewhere') dispatch({ type: 'agent-elsewhere', wish, agentName: answer.agentName });
    else await prepare(parts, { wish, self, terms: answer.terms }, dispatch);
  } catch (error) {
    if (over.signal.aborted) return;
    if (error instanceof FencedError) {
      dispatch({ type: 'fenced' });
      return;
    }
    deps.log('voice.session.agent-unreachable', { callId: deps.callId, epoch: deps.epoch }, error);
    dispatch({ type: 'agent-refused', wish, retryable: true, ...UNREACHABLE });
  }
}

const UNREACHABLE = { code: 'agent-unreachable', detail: 'The agent could not be reached. Try again soon.' } as const;

const refusalOf = ({ code, detail }: Pick<Refusal, 'code' | 'detail'>) => ({ code, detail });

/** Its engines and brain join those of the agents before; they are counted the same here and in the machine. */
async function prepare(
  parts: SessionParts,
  found: { readonly wish: number; readonly terms: AgentTerms; readonly self: AgentSelf | undefined },
  dispatch: (event: SessionEvent) => void,
): Promise<void> {
  const { deps, call, over, engines, casts } = parts;
  const { wish, terms } = found;
  const briefing = { ...call.briefing, ...terms };
  const brain = deps.brain(briefing);
  const chosen = deps.engines(briefing);
  const self = found.self ?? (await selfOf(brain, over.signal));
  if (over.signal.aborted) return;
  const cast = casts.push({ brain }) - 1;
  engines.push(...chosen);
  const told = chosen.map(({ engine }) => ({ name: engine.name, renewal: engine.renewal }));
  dispatch({ type: 'agent-found', wish, cast, engines: told, terms, self });
}

/** What is known of this very version already; the runtime is woken for its first question all the same. */
async function selfOf(brain: AgentBrain, signal: AbortSignal): Promise<AgentSelf> {
  const known = brain.known?.();
  if (known === undefined) return brain.describe(signal);
  brain.describe(signal).catch(() => undefined);
  return known;
}
