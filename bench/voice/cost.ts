/** What carrying one minute of a call costs at list prices, from what a real minute in the embedded cloud used. */
import { setTimeout as sleep } from 'node:timers/promises';
import { OWNER_MEMORY_MB } from '../../infra/voice/voice-functions.ts';
import { costOfTransport, NO_TRANSPORT, type TransportCounters, totalMicroUsd } from '../../shared/calls/prices.ts';
import { median } from '../table.ts';
import { openCaller } from './caller.ts';
import type { LoadRow } from './load.ts';
import type { RemoteCloud } from './remote-cloud.ts';

/** Counted in a minute of a call over the relay. */
export interface RelayMinute {
  readonly callerFrames: number;
  /** Of the gateway's function. */
  readonly invocations: number;
  readonly invocationMs: number;
  /** Posted to the owner by the gateway, and to the caller by the owner. */
  readonly postsToOwner: number;
  readonly postsToCaller: number;
}

export interface CostRow {
  readonly transport: string;
  readonly frameMs: number | undefined;
  readonly callerTalks: number;
  readonly counters: TransportCounters;
  /** Without what the telephone company takes. */
  readonly microUsd: number;
  readonly telephonyMicroUsd: number;
}

const MINUTE_MS = 60_000;
const FRAME_MS = 40;
/** A caller who speaks two fifths of the time, as people do, and whose client leaves silence out. */
const TALKING_SHARE = 0.4;
/** Half of the minute the agent speaks. */
const AGENT_MS = 30_000;
/** Memory of the gateway's function, GB (`infra/kernel/oratio-function.ts`). */
const GATEWAY_GB = 0.5;
const OWNER_GB = OWNER_MEMORY_MB / 1024;
/** An answer of `@connections` within a region, assumed: AWS publishes none. */
const AWS_POST_MS = 8;
/** A task of the media server is full at this share of its CPU. */
const CONTAINER_LOAD = 0.5;

/** One minute over the relay; everything the cloud saw is counted. */
export async function measureRelayMinute(cloud: RemoteCloud): Promise<RelayMinute> {
  await cloud.reply({ ms: AGENT_MS, how: 'paced' });
  const caller = openCaller(1, await cloud.lineTo('relay'));
  await caller.ready;
  await cloud.trace();
  caller.talk(FRAME_MS);
  await sleep(MINUTE_MS);
  caller.hush();
  const callerFrames = caller.sent.length;
  await sleep(500);
  const trace = await cloud.trace();
  await caller.hangUp();
  const posts = trace.filter(({ operation }) => operation === 'PostToConnection');
  const byOwner = posts.filter(({ roleName = '' }) => /Session/i.test(roleName));
  const invocations = trace.filter(({ operation }) => /Invoke.*voice-gateway/.test(operation));
  return {
    callerFrames,
    invocations: invocations.length,
    invocationMs: median(invocations.map(({ durationMs }) => durationMs)),
    postsToOwner: posts.length - byOwner.length,
    postsToCaller: byOwner.length,
  };
}

/** The minute with other frames: what goes with a caller's frame goes with their number. */
function relayCounters(minute: RelayMinute, frameMs: number, talks: number): TransportCounters {
  const callerFrames = (MINUTE_MS / frameMs) * talks;
  const invocations = callerFrames * (minute.invocations / minute.callerFrames);
  const posts = callerFrames * (minute.postsToOwner / minute.callerFrames);
  return {
    ...NO_TRANSPORT,
    webSocketMessages: callerFrames + posts + minute.postsToCaller,
    webSocketConnectionMs: 2 * MINUTE_MS,
    lambdaRequests: invocations + MINUTE_MS / (15 * MINUTE_MS),
    lambdaGbSeconds:
      (invocations * Math.max(AWS_POST_MS, Math.ceil(minute.invocationMs)) * GATEWAY_GB) / 1000 +
      (MINUTE_MS / 1000) * OWNER_GB,
  };
}

const phone = { phoneInboundMs: MINUTE_MS, phoneStreamMs: MINUTE_MS };

/** `direct`: a load over the direct path, whose owner's CPU and memory are billed. `ownerCpuMs` and `ownerMb`: of one call's minute among many in one process. */
export function costRows(
  minute: RelayMinute,
  direct: Pick<LoadRow, 'cpu' | 'memoryMb'>,
  { ownerCpuMs, ownerMb }: { readonly ownerCpuMs: number; readonly ownerMb: number },
): CostRow[] {
  const relays = [20, 40, 80, 100].flatMap((frameMs) =>
    [1, TALKING_SHARE].map((talks) => rowOf('relay', frameMs, talks, relayCounters(minute, frameMs, talks))),
  );
  const agentCore = {
    ...NO_TRANSPORT,
    agentCoreVcpuMs: direct.cpu.owner * 1000,
    agentCoreGbMs: (direct.memoryMb / 1024) * MINUTE_MS,
  };
  const container = {
    ...NO_TRANSPORT,
    fargateVcpuMs: ownerCpuMs / CONTAINER_LOAD,
    fargateGbMs: (ownerMb / 1024 / CONTAINER_LOAD) * MINUTE_MS,
  };
  return [
    ...relays,
    rowOf('direct (AgentCore)', 20, 1, agentCore),
    rowOf('Twilio over the relay', 20, 1, { ...relayCounters(minute, 20, 1), ...phone }),
    rowOf('Twilio, container', 20, 1, { ...container, ...phone }),
    rowOf('browser, container', 20, 1, container),
  ];
}

function rowOf(transport: string, frameMs: number, callerTalks: number, counters: TransportCounters): CostRow {
  const cost = costOfTransport(counters, Date.now());
  return {
    transport,
    frameMs,
    callerTalks,
    counters,
    microUsd: totalMicroUsd(cost) - cost.telephony,
    telephonyMicroUsd: cost.telephony,
  };
}
