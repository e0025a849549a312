import type { CallEntry } from '../calls/call.ts';
import type { LiveEvent } from './live-views.ts';

/** What an entry of a call's record tells whoever watches. Pure; the same for the stream and for what is read later. */
export const liveEventOf = (entry: CallEntry): LiveEvent => {
  const { seq, atMs } = entry;
  const at = { seq, atMs };
  switch (entry.kind) {
    case 'turn': {
      const { kind: _kind, seq: _seq, atMs: _atMs, turnNumber: turn, role, text, operator: _operator, ...more } = entry;
      return { ...at, kind: 'transcript', turn, role, stage: 'final', text, ...more };
    }
    case 'tool': {
      const { turnNumber: turn, toolUseId, name, status, durationMs, clauseIds } = entry;
      const clauses = clauseIds === undefined ? {} : { clauseIds: [...clauseIds] };
      return { ...at, kind: 'tool', turn, toolUseId, name, status, durationMs, ...clauses };
    }
    case 'interruption': {
      const { turnNumber: turn, playedMs, toSilenceMs } = entry;
      return { ...at, kind: 'interrupted', turn, playedMs, ...(toSilenceMs === undefined ? {} : { toSilenceMs }) };
    }
    case 'handoff':
      return { ...at, kind: 'handoff', reason: entry.reason, summary: entry.summary };
    case 'transfer':
      return { ...entry, kind: 'transfer' };
    case 'operator': {
      const { action, commandId, operator: name, operatorId: id, text } = entry;
      return {
        ...at,
        kind: 'operator',
        action,
        commandId,
        operator: { id, name },
        ...(text === undefined ? {} : { text }),
      };
    }
    default:
      return { ...at, kind: 'warning', ...warningOf(entry) };
  }
};

type Warning = Exclude<CallEntry, { kind: 'turn' | 'tool' | 'interruption' | 'handoff' | 'transfer' | 'operator' }>;

const warningOf = (entry: Warning): { readonly code: string; readonly message: string } => {
  switch (entry.kind) {
    case 'renewal':
      return { code: 'renewal', message: `A new stream to the model (${entry.cause}).` };
    case 'hand-over':
      return { code: 'hand-over', message: `Owner ${entry.epoch} took over in good order.` };
    case 'takeover':
      return { code: 'takeover', message: `Owner ${entry.epoch} took over from one that was lost.` };
    case 'engine-change':
      return { code: 'engine-change', message: `From ${entry.from} to ${entry.to}: ${entry.reason}` };
    case 'agent-switch':
      return { code: 'agent-switch', message: `The caller goes on with ${entry.agentName}.` };
    case 'audio-lost':
      return { code: 'audio-lost', message: `${entry.frames} frames of the caller were lost.` };
    case 'warning':
      return { code: entry.code, message: WARNINGS[entry.code] ?? 'The call was warned.' };
  }
};

const WARNINGS: Readonly<Record<string, string>> = {
  budget: 'Four fifths of the budget of the call or of the day are used up.',
  'settings-not-taken-up': 'The new settings of the voice could not be used; the call goes on with the former ones.',
  'time-limit': 'Four fifths of the longest time a call may take are over.',
};
