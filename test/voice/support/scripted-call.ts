import type { CallCost } from '../../../shared/calls/call.ts';
import type { CallBriefing } from '../../../shared/voice/keeper/call-keeper.ts';
import type { AgentBrain } from '../../../shared/voice/session/agent-brain.ts';
import { NO_COST } from '../../../shared/voice/session/call-cost.ts';
import { runVoiceSession } from '../../../shared/voice/session/run-voice-session.ts';
import type { SessionDependencies, SessionOutcome } from '../../../shared/voice/session/session-ports.ts';
import { type CallBookOptions, callBook, OPENED_WITH } from './call-book.ts';
import { type CallerLineOptions, callerLine } from './caller-line.ts';
import { type ScriptedBrainOptions, scriptedBrain } from './scripted-brain.ts';
import { type ScriptedEngine, type ScriptedEngineOptions, scriptedEngine } from './scripted-engine.ts';
import { type VirtualClock, virtualClock } from './virtual-clock.ts';

export interface ScriptedCallOptions {
  readonly engine?: Omit<ScriptedEngineOptions, 'clock'>;
  readonly fallback?: Omit<ScriptedEngineOptions, 'clock'>;
  readonly brain?: Omit<ScriptedBrainOptions, 'clock'>;
  readonly book?: Omit<CallBookOptions, 'clock'>;
  readonly line?: Omit<CallerLineOptions, 'clock'>;
  /** How long each owner may live; without it for ever. */
  readonly ownerMs?: number;
  /** When the call begins; Unix milliseconds. */
  readonly startMs?: number;
  readonly deps?: Partial<SessionDependencies>;
}

export interface Owner {
  readonly epoch: number;
  readonly outcome: Promise<SessionOutcome>;
  /** The process dies: nothing of it happens any more. */
  readonly kill: () => void;
  readonly isAlive: () => boolean;
}

/** A whole call with scripted peers on a virtual clock; successors start by themselves when an owner hands over. */
export function scriptedCall(options: ScriptedCallOptions = {}) {
  const clock = virtualClock(options.startMs);
  const book = callBook({ clock, ...options.book });
  const line = callerLine({ clock, ...options.line });
  const engine = scriptedEngine({ clock, ...options.engine });
  const fallback = options.fallback && scriptedEngine({ clock, name: 'cascade', renewal: null, ...options.fallback });
  const brain = scriptedBrain({ clock, ...options.brain });
  const logs: { readonly code: string; readonly error?: unknown }[] = [];
  const owners: Owner[] = [];

  const start = ({ epoch, cause }: { readonly epoch: number; readonly cause: CallBriefing['cause'] }): Owner => {
    let isAlive = true;
    const mortal = mortalClock(clock, () => isAlive);
    const keeper = book.keeperOf(epoch, cause);
    const engines = [engine, ...(fallback ? [fallback] : [])];
    let unplug: () => void = () => undefined;
    const outcome = runVoiceSession({
      callId: 'call',
      epoch,
      keeper: mortalKeeper(keeper, () => isAlive),
      connect: () => {
        const transport = line.connect(epoch);
        unplug = () => void transport.release();
        return Promise.resolve(transport);
      },
      engines: () => engines.map(choice),
      brain: ({ agentId, agentName }): AgentBrain => (agentId === OPENED_WITH ? brain : named(brain, agentName)),
      pricing: {
        ofUsage: (usage) => modelCost(usage.outputSpeechTokens * 100),
        ofCarriage: ({ elapsedMs }) => ({ ...NO_COST, transport: Math.round(elapsedMs / 60) }),
      },
      clock: mortal,
      log: (code, _fields, error) => logs.push({ code, error }),
      signal: new AbortController().signal,
      deadlineMs: options.ownerMs === undefined ? undefined : clock.now() + options.ownerMs,
      ...options.deps,
    });
    const owner: Owner = {
      epoch,
      outcome,
      kill() {
        isAlive = false;
        unplug();
      },
      isAlive: () => isAlive,
    };
    owners.push(owner);
    return owner;
  };
  // A Lambda takes its time to start.
  book.onSuccessor((claim) => void clock.sleep(800).then(() => start(claim)));

  return {
    clock,
    book,
    line,
    engine,
    fallback,
    brain,
    logs,
    owners,
    start: () => start(book.invite('start')),
    /** The gateway found the owner's connection gone. */
    takeOver: () => start(book.invite('takeover')),
  };
}

export type ScriptedCall = ReturnType<typeof scriptedCall>;

const choice = (engine: ScriptedEngine) => ({
  engine,
  modelId: 'scripted',
  voiceFor: ({ voice }: { readonly voice: string }) => voice,
});

const modelCost = (microUsd: number): CallCost => ({ ...NO_COST, model: microUsd });

/** Another agent with the same business. */
const named = (brain: AgentBrain, agentName: string): AgentBrain => ({
  ...brain,
  describe: async (signal) => ({ ...(await brain.describe(signal)), agentName }),
});

/** Sleeps of a dead process never end. */
const mortalClock = (clock: VirtualClock, isAlive: () => boolean): VirtualClock => ({
  ...clock,
  sleep: async (ms, signal) => {
    await clock.sleep(ms, signal);
    if (!isAlive()) await new Promise<never>(() => undefined);
  },
});

/** A dead process stores nothing. */
function mortalKeeper(keeper: SessionDependencies['keeper'], isAlive: () => boolean): SessionDependencies['keeper'] {
  const never = new Promise<never>(() => undefined);
  const alive =
    <Args extends readonly unknown[], Result>(method: (...args: Args) => Promise<Result>) =>
    (...args: Args): Promise<Result> =>
      isAlive() ? method(...args) : never;
  return {
    claim: alive(keeper.claim),
    renew: alive(keeper.renew),
    record: alive(keeper.record),
    look: alive(keeper.look),
    agent: alive(keeper.agent),
    takeExtraLine: alive(keeper.takeExtraLine),
    releaseExtraLine: alive(keeper.releaseExtraLine),
    handOver: alive(keeper.handOver),
    finish: alive(keeper.finish),
  };
}
