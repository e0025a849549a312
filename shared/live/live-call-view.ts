import type { Call, CallEntry } from '../calls/call.ts';
import { transferView } from '../calls/call-views.ts';
import { type Controller, controllerAt } from '../control/command.ts';
import type { LiveCallView } from './live-views.ts';

interface LiveFacts {
  readonly agentName: string;
  readonly answerLatencyMs?: number | undefined;
  readonly controller?: Controller | undefined;
}

/** A call as somebody sees it who watches many. Pure. */
export const liveCallView = (
  call: Call,
  { agentName, answerLatencyMs, controller }: LiveFacts,
  nowMs: number,
): LiveCallView => {
  const { callId, agentId, channel, direction, fromNumber = null, toNumber = null, status, turns } = call;
  const costMicroUsd = Math.round(Object.values(call.cost).reduce((sum, part) => sum + part, 0));
  const now = controllerAt(controller, nowMs);
  return {
    callId,
    agentId,
    agentName,
    channel,
    direction,
    fromNumber,
    toNumber,
    status,
    startedAtMs: call.createdAtMs,
    turns,
    costMicroUsd,
    ...(answerLatencyMs === undefined ? {} : { answerLatencyMs }),
    ...(call.transfer === undefined ? {} : { transfer: transferView(call.transfer) }),
    ...(now === undefined ? {} : { controller: now }),
  };
};

/** How long the last of these answers was waited for, in milliseconds. */
export const latencyIn = (entries: readonly CallEntry[]): number | undefined =>
  entries.flatMap((entry) => (entry.kind === 'turn' ? (entry.answerLatencyMs ?? []) : [])).at(-1);
