import type { CallEntry } from '../../../shared/calls/call.ts';
import type { CallCommand } from '../../../shared/control/command.ts';
import type { LiveContext } from '../../../shared/control/live-context.ts';
import {
  type AgentAnswer,
  type AgentTerms,
  type CallBriefing,
  type CallKeeper,
  type CallLimits,
  type Checkpoint,
  COMMANDS_A_LOOK,
  FencedError,
  LEASE_MS,
} from '../../../shared/voice/keeper/call-keeper.ts';
import type { EndReason } from '../../../shared/voice/protocol/messages.ts';
import type { SessionClock } from '../../../shared/voice/session/clock.ts';
import { VoiceSettings } from '../../../shared/voice/voice-settings.ts';

/** The agent that calls of the book are opened with. */
export const OPENED_WITH = '019aa000-0000-7000-8000-0000000000a1';
const CALL_ID = '019aa000-0000-7000-8000-000000000001';

export interface CallBookOptions {
  readonly clock: SessionClock;
  readonly limits?: Partial<CallLimits>;
  readonly settings?: Record<string, unknown>;
  readonly briefing?: Partial<CallBriefing>;
  /** How long each write takes. */
  readonly latencyMs?: number;
  readonly extraLines?: number;
  /** Agents that may be switched to. */
  readonly others?: readonly (Partial<AgentTerms> & Pick<AgentTerms, 'agentId'>)[];
  /** An owner in an agent's own runtime: other agents are elsewhere. */
  readonly isDirect?: boolean;
}

/** The stored side of one call, with the fencing of the real one: an owner that is not the newest can change nothing. */
export function callBook(options: CallBookOptions) {
  const { clock, latencyMs = 5 } = options;
  const startedAtMs = clock.now();
  const entries = new Map<number, CallEntry>();
  const finished: {
    readonly status: string;
    readonly reason: EndReason;
  }[] = [];
  const violations: string[] = [];
  const ownerSince: { readonly epoch: number; readonly atMs: number }[] = [];
  let invited = 0;
  let owner = 0;
  let leaseUntilMs = 0;
  let checkpoint: Checkpoint | undefined;
  let spent = 0;
  let ending: EndReason | undefined;
  let freeLines = options.extraLines ?? 1;
  const faults: { remaining: number; method: string }[] = [];
  const commands: CallCommand[] = [];
  let live: LiveContext | undefined;
  let settings = options.settings ?? {};
  let settingsVersion = 1;
  const successors: ((claim: { epoch: number; cause: CallBriefing['cause'] }) => void)[] = [];

  const fenced = async (epoch: number, method: string): Promise<void> => {
    await clock.sleep(latencyMs);
    const fault = faults.find((candidate) => candidate.method === method && candidate.remaining > 0);
    if (fault) {
      fault.remaining--;
      throw new Error(`Scripted: ${method} failed.`);
    }
    if (epoch !== owner || (finished.length > 0 && method !== 'finish')) throw new FencedError(CALL_ID);
  };
  const add = (more: readonly CallEntry[]): void => {
    for (const entry of more) {
      const before = entries.get(entry.seq);
      if (before && JSON.stringify(before) !== JSON.stringify(entry))
        violations.push(`Entry ${entry.seq} was written twice.`);
      entries.set(entry.seq, entry);
    }
  };

  const termsOf = (agentId: string): AgentTerms => ({
    agentName: 'Cozy Comfort',
    agentVersion: 1,
    agentRuntimeArn: `arn:aws:bedrock-agentcore:us-east-1:111122223333:runtime/${agentId}`,
    endpointName: 'live',
    settings: VoiceSettings.parse(settings),
    settingsVersion,
    ...options.others?.find((other) => other.agentId === agentId),
    agentId,
  });
  const answerOf = (agentId: string): AgentAnswer => {
    const isKnown = agentId === OPENED_WITH || options.others?.some((other) => other.agentId === agentId);
    if (!isKnown) return { outcome: 'refused', code: 'agent-not-found', detail: 'There is no such agent.' };
    const terms = termsOf(agentId);
    const isElsewhere = options.isDirect === true && agentId !== OPENED_WITH && owner === 1;
    return isElsewhere ? { outcome: 'elsewhere', agentName: terms.agentName } : { outcome: 'found', terms };
  };

  const keeperOf = (epoch: number, cause: CallBriefing['cause']): CallKeeper => ({
    async claim() {
      await clock.sleep(latencyMs);
      if (epoch <= owner) throw new FencedError(CALL_ID);
      const lastSeenAtMs = owner === 0 ? undefined : leaseUntilMs - LEASE_MS;
      owner = epoch;
      ownerSince.push({ epoch, atMs: clock.now() });
      leaseUntilMs = clock.now() + LEASE_MS;
      return {
        ...termsOf(checkpoint?.agent?.agentId ?? OPENED_WITH),
        callId: CALL_ID,
        userId: 'user-1',
        direction: 'inbound',
        channel: 'browser',
        resumeToken: 'resume-me',
        contextOverride: {},
        startedAtMs,
        checkpoint,
        cause,
        ...(lastSeenAtMs !== undefined && { lastSeenAtMs }),
        leaseUntilMs,
        limits: {
          callBudgetMicroUsd: 100_000_000,
          tenantDailyBudgetMicroUsd: 1e12,
          maxCallSeconds: 7200,
          ...options.limits,
        },
        ...options.briefing,
      };
    },
    async renew() {
      await fenced(epoch, 'renew');
      leaseUntilMs = clock.now() + LEASE_MS;
      return { leaseUntilMs, tenantSpentMicroUsd: spent, ...(ending && { ending }) };
    },
    async record(write) {
      await fenced(epoch, 'record');
      add(write.entries);
      checkpoint = write.checkpoint;
      spent = write.spentMicroUsd;
      return { tenantSpentMicroUsd: spent };
    },
    async look({ afterCommand, afterContext = 0 }) {
      await fenced(epoch, 'look');
      const context = live !== undefined && live.version > afterContext ? { context: live } : {};
      const fresh = commands.filter(({ seq }) => seq > afterCommand).slice(0, COMMANDS_A_LOOK);
      const versions = { contextVersion: live?.version ?? 0, settingsVersion };
      return { commands: fresh, ...versions, ...context, watchers: [] };
    },
    async agent(agentId) {
      await fenced(epoch, 'agent');
      return answerOf(agentId);
    },
    async takeExtraLine() {
      await fenced(epoch, 'takeExtraLine');
      if (freeLines === 0) return false;
      freeLines--;
      return true;
    },
    async releaseExtraLine() {
      await clock.sleep(latencyMs);
      freeLines++;
    },
    async handOver(handed) {
      await fenced(epoch, 'handOver');
      checkpoint = handed;
      const claim = { epoch: ++invited, cause: 'hand-over' as const };
      for (const successor of successors) successor(claim);
    },
    async finish(end) {
      await fenced(epoch, 'finish');
      add(end.entries);
      checkpoint = end.checkpoint;
      finished.push({
        status: end.status,
        reason: end.reason,
      });
    },
  });

  return {
    keeperOf,
    /** Calls an owner into being, as the gateway does. */
    invite: (cause: 'start' | 'takeover') => ({ epoch: ++invited, cause }),
    onSuccessor: (start: (claim: { epoch: number; cause: CallBriefing['cause'] }) => void) => successors.push(start),
    failNext: (method: keyof CallKeeper, times = 1) => faults.push({ method, remaining: times }),
    /** Somebody outside decides that the call ends. */
    endFor: (reason: EndReason) => {
      ending = reason;
    },
    /** An operator's command, numbered as the API does. */
    command: (wish: Pick<CallCommand, 'action'> & Partial<CallCommand>): CallCommand => {
      const seq = commands.length + 1;
      const commandId = `019aa000-0000-7000-8000-${seq.toString(16).padStart(12, '0')}`;
      const operator = { id: 'sign-in-1', name: 'olga@example.com' };
      const command = { seq, commandId, operator, atMs: clock.now(), ...wish };
      commands.push(command);
      return command;
    },
    commands: (): readonly CallCommand[] => commands,
    /** The agent's owner edits what holds for now. */
    tellAgent: (context: Omit<LiveContext, 'version' | 'updatedAtMs'>) => {
      live = { ...context, version: (live?.version ?? 0) + 1, updatedAtMs: clock.now() };
    },
    /** The agent's owner has it speak otherwise. */
    changeSettings: (next: Record<string, unknown>) => {
      settings = next;
      settingsVersion += 1;
    },
    owner: () => owner,
    ownerSince,
    freeLines: () => freeLines,
    checkpoint: () => checkpoint,
    finished,
    violations,
    entries: (): readonly CallEntry[] => [...entries.values()].sort((a, b) => a.seq - b.seq),
  };
}

export type CallBook = ReturnType<typeof callBook>;
