import { addCosts, costOfTransport, NO_TRANSPORT, type TransportCounters } from '../../calls/prices.ts';
import type { CallBriefing } from '../keeper/call-keeper.ts';
import type { Carriage, Pricing } from '../session/session-ports.ts';

/** Memory of the functions in GB, and how long one invocation of the gateway takes (bench/README.md). */
const OWNER_GB = 1;
const GATEWAY_GB = 0.5;
const GATEWAY_SECONDS = 0.005;

/**
 * What carrying a call over the relay costs by the price tables; `now` is Unix milliseconds. A caller's frame is three
 * messages' worth of work: it comes in, invokes the gateway and goes out again to the owner; what the owner says goes
 * straight to the caller.
 */
export const relayCarriage =
  (direction: CallBriefing['direction'], now: () => number): Pricing['ofCarriage'] =>
  (carriage) =>
    addCosts(costOfTransport(countersOf(carriage, direction), now()));

const countersOf = (carriage: Carriage, direction: CallBriefing['direction']): TransportCounters => {
  const { elapsedMs, callerFrames, sentMessages, channel } = carriage;
  return {
    ...NO_TRANSPORT,
    webSocketMessages: 2 * callerFrames + sentMessages,
    webSocketConnectionMs: 2 * elapsedMs,
    lambdaRequests: callerFrames,
    lambdaGbSeconds: callerFrames * GATEWAY_SECONDS * GATEWAY_GB + (elapsedMs / 1000) * OWNER_GB,
    ...(channel === 'phone' ? phoneCounters(elapsedMs, direction) : {}),
  };
};

const phoneCounters = (elapsedMs: number, direction: CallBriefing['direction']) => ({
  ...(direction === 'inbound' ? { phoneInboundMs: elapsedMs } : { phoneOutboundMs: elapsedMs }),
  phoneStreamMs: elapsedMs,
});
