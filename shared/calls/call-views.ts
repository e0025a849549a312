import type * as z from 'zod';
import type { CallTransfer } from '../transfer/call-transfer.ts';
import { transferWords } from '../transfer/transfer-words.ts';
import { type Call, type CallCost, type CallEntry, COST_LEGS } from './call.ts';
import type { CallSummaryView, CallTransferView, CallView } from './call-view-schemas.ts';

type Entry<Kind extends CallEntry['kind']> = Extract<CallEntry, { readonly kind: Kind }>;
type View = z.output<typeof CallView>;

/** A call as a listing shows it. */
export const callSummaryView = (call: Call): z.output<typeof CallSummaryView> => ({
  callId: call.callId,
  agentId: call.agentId,
  agentVersion: call.agentVersion,
  status: call.status,
  channel: call.channel,
  direction: call.direction,
  transport: call.transport,
  fromNumber: call.fromNumber ?? null,
  toNumber: call.toNumber ?? null,
  createdAtMs: call.createdAtMs,
  answeredAtMs: call.answeredAtMs ?? null,
  endedAtMs: call.endedAtMs ?? null,
  durationMs: durationMs(call),
  endReason: call.endReason ?? null,
  failure: call.failure ?? null,
  engine: call.engine ?? null,
  turns: call.turns,
  interruptions: call.interruptions,
  renewals: call.renewals,
  handOvers: call.handOvers,
  cost: costView(call.cost),
  hasRecording: (call.recordedParts ?? []).length > 0,
  transfer: call.transfer === undefined ? null : transferView(call.transfer),
});

/** What a transfer has come to. */
export const transferView = (transfer: CallTransfer): z.output<typeof CallTransferView> => ({
  status: transfer.status,
  to: transfer.to,
  operator: transfer.operator ?? null,
  outcome: transfer.outcome ?? null,
  startedAtMs: transfer.startedAtMs,
  answeredAtMs: transfer.answeredAtMs ?? null,
  endedAtMs: transfer.endedAtMs ?? null,
});

const durationMs = ({ answeredAtMs, endedAtMs }: Call): number | null =>
  answeredAtMs === undefined || endedAtMs === undefined ? null : Math.max(0, endedAtMs - answeredAtMs);

const money = (microUsd: number) => ({ microUsd, usd: microUsd / 1_000_000 });

/** A row from before a leg existed has none of it. */
const costView = (cost: Partial<CallCost>): View['cost'] => {
  const legs = COST_LEGS.map((leg) => [leg, cost[leg] ?? 0] as const);
  return {
    total: money(legs.reduce((sum, [, microUsd]) => sum + microUsd, 0)),
    legs: Object.fromEntries(legs.map(([leg, microUsd]) => [leg, money(microUsd)])) as View['cost']['legs'],
  };
};

/** A call with everything that happened in it. */
export const callView = (
  call: Call,
  entries: readonly CallEntry[],
  recordingUrls: readonly string[],
  controller: View['controller'] = null,
): View => {
  const at = ({ atMs }: { readonly atMs: number }): number => Math.max(0, atMs - call.createdAtMs);
  const [handoff] = ofKind(entries, 'handoff');
  return {
    ...callSummaryView(call),
    transcript: ofKind(entries, 'turn').map((turn) => turnView(turn, at(turn))),
    tools: ofKind(entries, 'tool').map((tool) => toolView(tool, at(tool))),
    interruptionList: ofKind(entries, 'interruption').map((entry) => ({
      turn: entry.turnNumber,
      atMs: at(entry),
      playedMs: entry.playedMs,
      toSilenceMs: entry.toSilenceMs ?? null,
    })),
    renewalList: ofKind(entries, 'renewal').map(({ cause, gapMs, replayedMs, ...entry }) => ({
      atMs: at(entry),
      cause,
      gapMs,
      replayedMs,
    })),
    handOverList: entries
      .filter((entry) => entry.kind === 'hand-over' || entry.kind === 'takeover')
      .map((entry) => ({
        atMs: at(entry),
        kind: entry.kind,
        epoch: entry.epoch,
        gapMs: entry.kind === 'takeover' ? entry.gapMs : null,
      })),
    handoff: handoff === undefined ? null : { atMs: at(handoff), reason: handoff.reason, summary: handoff.summary },
    operatorList: ofKind(entries, 'operator').map((entry) => ({
      atMs: at(entry),
      action: entry.action,
      operator: entry.operator,
      commandId: entry.commandId,
      text: entry.text ?? null,
    })),
    controller,
    latency: latencyOf(ofKind(entries, 'turn')),
    contextOverride: call.contextOverride ?? null,
    recordingUrls: [...recordingUrls],
    timeline: entries.map((entry) => ({
      seq: entry.seq,
      atMs: at(entry),
      kind: entry.kind,
      turn: 'turnNumber' in entry ? entry.turnNumber : null,
      detail: detailOf(entry),
    })),
  };
};

const ofKind = <Kind extends CallEntry['kind']>(entries: readonly CallEntry[], kind: Kind): readonly Entry<Kind>[] =>
  entries.filter((entry): entry is Entry<Kind> => entry.kind === kind);

const turnView = (turn: Entry<'turn'>, atMs: number): View['transcript'][number] => ({
  turn: turn.turnNumber,
  role: turn.role,
  text: turn.text,
  interrupted: turn.interrupted ?? false,
  via: turn.via ?? 'voice',
  startMs: turn.startMs ?? atMs,
  playedMs: turn.playedMs ?? null,
  answerLatencyMs: turn.answerLatencyMs ?? null,
  operator: turn.operator ?? null,
});

const toolView = (tool: Entry<'tool'>, atMs: number): View['tools'][number] => ({
  turn: tool.turnNumber,
  toolUseId: tool.toolUseId,
  name: tool.name,
  status: tool.status,
  durationMs: tool.durationMs,
  clauseIds: [...(tool.clauseIds ?? [])],
  atMs,
});

const latencyOf = (turns: readonly Entry<'turn'>[]): View['latency'] => {
  const measured = turns
    .flatMap(({ answerLatencyMs }) => (answerLatencyMs === undefined ? [] : [answerLatencyMs]))
    .sort((a, b) => a - b);
  return { turns: measured.length, p50Ms: percentile(measured, 0.5), p95Ms: percentile(measured, 0.95) };
};

/** Nearest rank, of values in ascending order: always one that was really measured. */
export const percentile = (ascending: readonly number[], share: number): number | null =>
  ascending[Math.max(0, Math.ceil(share * ascending.length) - 1)] ?? null;

const detailOf = (entry: CallEntry): string => {
  switch (entry.kind) {
    case 'turn':
      return entry.role === 'user'
        ? 'The caller spoke'
        : entry.interrupted
          ? 'The agent was cut off'
          : 'The agent spoke';
    case 'tool':
      return `${entry.name}: ${entry.status}`;
    case 'interruption':
      return 'The caller interrupted';
    case 'renewal':
      return `New stream to the model (${entry.cause})`;
    case 'hand-over':
      return `Owner ${entry.epoch} took over in good order`;
    case 'takeover':
      return `Owner ${entry.epoch} took over from one that was lost`;
    case 'engine-change':
      return `From ${entry.from} to ${entry.to}: ${entry.reason}`;
    case 'agent-switch':
      return `Goes on with ${entry.agentName}`;
    case 'handoff':
      return `To a person: ${entry.reason}`;
    case 'transfer':
      return transferWords(entry);
    case 'operator':
      return `${entry.operator}: ${entry.action}`;
    case 'warning':
      return entry.code;
    case 'audio-lost':
      return `${entry.frames} frames were lost`;
  }
};
