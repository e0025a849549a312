import type { Call, CallCost } from '../calls/call.ts';
import { costOfTransport, NO_TRANSPORT } from '../calls/prices.ts';
import { addCost } from '../voice/session/call-cost.ts';
import type { CallTransfer } from './call-transfer.ts';

/** What a call has cost after a transfer that is over: the caller's line meanwhile, and the person's, by begun minutes. */
export const costAfter = (
  before: CallCost,
  { startedAtMs, answeredAtMs, endedAtMs }: CallTransfer,
  direction: Call['direction'],
): CallCost => {
  if (endedAtMs === undefined) return before;
  const waitedMs = endedAtMs - startedAtMs;
  const callers = direction === 'inbound' ? { phoneInboundMs: waitedMs } : { phoneOutboundMs: waitedMs };
  const talkedMs = answeredAtMs === undefined ? 0 : endedAtMs - answeredAtMs;
  return [callers, { phoneOutboundMs: talkedMs }]
    .map((counters) => costOfTransport({ ...NO_TRANSPORT, ...counters }, endedAtMs))
    .reduce(addCost, before);
};
