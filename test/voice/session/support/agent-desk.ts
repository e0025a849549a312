import type { CallEntry } from '../../../../shared/calls/call.ts';
import type { CallLook } from '../../../../shared/voice/keeper/call-keeper.ts';
import type { Effect, SessionEvent } from '../../../../shared/voice/session/session-events.ts';
import type { SessionState } from '../../../../shared/voice/session/session-state.ts';
import { VoiceSettings } from '../../../../shared/voice/voice-settings.ts';

/** Of one tenant; a call begins with the first. */
export const AGENTS = [
  '019aa000-0000-7000-8000-0000000000a1',
  '019aa000-0000-7000-8000-0000000000a2',
  '019aa000-0000-7000-8000-0000000000a3',
] as const;

type Ask = Extract<Effect, { type: 'find-agent' }>;

/** Answers whom a session asks for, in any order, and watches that nobody speaks who has not got the call. */
export function agentDesk() {
  const asks: Ask[] = [];
  /** Which agent a stream was opened for, by its engine. */
  const castOf = new Map<number, number>();
  let casts = 0;
  let revision = 1;

  const found = ({ wish, agentId }: Ask): SessionEvent => {
    casts += 1;
    return {
      type: 'agent-found',
      wish,
      cast: casts,
      engines: [{ name: 'cascade', renewal: undefined }],
      self: { prompt: '', greeting: `This is ${agentId}.`, agentName: agentId, agentVersion: 1, topics: [] },
      terms: {
        agentId,
        agentName: agentId,
        agentRuntimeArn: 'arn',
        endpointName: 'live',
        settings: VoiceSettings.parse({}),
        settingsVersion: revision,
      },
    };
  };

  return {
    /** What is wrong about an effect. */
    see: (effect: Effect, { setup, switching, streams }: SessionState): readonly string[] => {
      if (effect.type === 'find-agent') asks.push(effect);
      if (effect.type === 'open-stream') castOf.set(effect.stream, setup.engines[effect.engine]?.cast ?? -1);
      const isOfOther = effect.type === 'play' && castOf.get(streams.current?.id ?? 0) !== switching.cast;
      const isAskedOfOther = effect.type === 'run-tool' && effect.cast !== castOf.get(effect.stream);
      return [
        ...(isOfOther ? ['somebody spoke who has not got the call'] : []),
        ...(isAskedOfOther ? ['the business of another agent was asked'] : []),
      ];
    },
    /** One of the questions that wait is answered: mostly that the agent may be spoken to. */
    answer: (pick: number): readonly SessionEvent[] => {
      const [ask] = asks.splice(pick % Math.max(1, asks.length), 1);
      if (ask === undefined) return [];
      const { wish } = ask;
      if (pick === 8)
        return [{ type: 'agent-refused', wish, code: 'agent-stopped', detail: 'Stopped.', retryable: false }];
      if (pick === 9) return [{ type: 'agent-elsewhere', wish, agentName: 'Else' }];
      return [found(ask)];
    },
    /** The owner of the agent that speaks has changed its voice, and the session looks. */
    changedSettings: ({ switching }: SessionState): { readonly look: CallLook; readonly agentId?: string } => {
      revision += 1;
      const look = { commands: [], contextVersion: 0, settingsVersion: revision, watchers: [] };
      return { look, ...(switching.agentId !== undefined && { agentId: switching.agentId }) };
    },
    /** From whom to whom the call went. */
    chainOf: (entries: readonly CallEntry[]): readonly string[] =>
      switchesOf(entries).map(({ fromAgentId, agentId }) => `${fromAgentId} → ${agentId}`),
    /** The same, if each agent passes on what it was given. */
    unbroken: (entries: readonly CallEntry[]): readonly string[] =>
      switchesOf(entries).map(({ agentId }, index, all) => `${all[index - 1]?.agentId ?? AGENTS[0]} → ${agentId}`),
  };
}

const switchesOf = (entries: readonly CallEntry[]) =>
  entries.flatMap((entry) => (entry.kind === 'agent-switch' ? [entry] : []));
