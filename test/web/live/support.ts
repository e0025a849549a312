import type { LiveCallView, LiveEvent } from '../../../shared/live/live-views.ts';

export const CALL_ID = '0192f4d4-0000-7000-8000-000000000001';
export const STARTED_AT_MS = Date.parse('2026-11-21T09:00:00Z');

export const liveCall = (fields: Partial<LiveCallView> = {}): LiveCallView => ({
  callId: CALL_ID,
  agentId: '0192f4d4-0000-7000-8000-00000000000a',
  agentName: 'Cozy Comfort',
  channel: 'browser',
  direction: 'inbound',
  fromNumber: null,
  toNumber: null,
  status: 'active',
  startedAtMs: STARTED_AT_MS,
  turns: 0,
  costMicroUsd: 0,
  ...fields,
});

type Transcript = Extract<LiveEvent, { readonly kind: 'transcript' }>;

/** Words of the caller in turn 1, final unless they are said to be a guess. */
export const said = (fields: Partial<Transcript>): Transcript => ({
  kind: 'transcript',
  seq: null,
  atMs: STARTED_AT_MS,
  turn: 1,
  role: 'user',
  stage: fields.seq === undefined || fields.seq === null ? 'speculative' : 'final',
  text: 'x',
  ...fields,
});
