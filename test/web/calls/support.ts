import type { CallRecord } from '../../../web/dashboard/calls/call-types.ts';

const BEGAN_AT_MS = Date.parse('2026-11-21T09:00:00Z');
const money = (microUsd: number) => ({ microUsd, usd: microUsd / 1_000_000 });

/** A call that was answered after a second and lasted twenty; a test says what else matters. */
export const callOf = (fields: Partial<CallRecord> = {}): CallRecord => ({
  callId: '0192f4d4-0000-7000-8000-000000000001',
  agentId: '0192f4d4-0000-7000-8000-00000000000a',
  agentVersion: 1,
  status: 'completed',
  channel: 'browser',
  direction: 'inbound',
  transport: 'relay',
  fromNumber: null,
  toNumber: null,
  createdAtMs: BEGAN_AT_MS,
  answeredAtMs: BEGAN_AT_MS + 1000,
  endedAtMs: BEGAN_AT_MS + 21_000,
  durationMs: 20_000,
  endReason: 'client-ended',
  failure: null,
  engine: 'nova-sonic',
  turns: 0,
  interruptions: 0,
  renewals: 0,
  handOvers: 0,
  cost: {
    total: money(0),
    legs: {
      model: money(0),
      transport: money(0),
      compute: money(0),
      telephony: money(0),
      speech: money(0),
      tools: money(0),
    },
  },
  hasRecording: false,
  transfer: null,
  transcript: [],
  tools: [],
  interruptionList: [],
  renewalList: [],
  handOverList: [],
  handoff: null,
  operatorList: [],
  controller: null,
  latency: { turns: 0, p50Ms: null, p95Ms: null },
  contextOverride: null,
  recordingUrls: [],
  timeline: [],
  ...fields,
});

export const turnOf = (fields: Partial<CallRecord['transcript'][number]>): CallRecord['transcript'][number] => ({
  turn: 1,
  role: 'user',
  text: 'x',
  interrupted: false,
  via: 'voice',
  startMs: 0,
  playedMs: null,
  answerLatencyMs: null,
  operator: null,
  ...fields,
});
