/** What a caller loses when who holds his call changes. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Caller, openCaller } from './caller.ts';
import type { Taken } from './cloud-process.ts';
import { type Baseline, measureOwner, type RemoteCloud, startBaseline, startRemoteCloud } from './remote-cloud.ts';

export interface GapRow {
  readonly event: string;
  /** Longest time in which the model heard nothing new of the caller. */
  readonly gapMs: number;
  readonly sentFrames: number;
  /** Frames that no stream to the model has heard. */
  readonly lostFrames: number;
  /** Frames that two streams have heard: what is replayed or sent again, so that no word is cut. */
  readonly repeatedFrames: number;
  /** Until the caller hears from the new owner; absent where there is none. */
  readonly backMs?: number;
  readonly note: string;
}

const FRAME_MS = 40;
/** From 45 s before its end an owner hands its call over at any turn boundary: here some twenty after its beginning. */
const OWNER_TIMEOUT_SECONDS = 65;
const SETTLE_MS = 6000;

export const measureRenewal = (cloud: RemoteCloud): Promise<GapRow> =>
  unlessItFails('renewal of the model’s stream', () => renewalGap(cloud));

/** In a cloud of its own, whose owners do not live long. */
export async function measureOwnerChanges(): Promise<GapRow[]> {
  const cloud = await startRemoteCloud({ ownerTimeoutSeconds: OWNER_TIMEOUT_SECONDS });
  try {
    await cloud.reply({ ms: 2000, how: 'paced' });
    const handOver = await unlessItFails('hand-over to a fresh invocation', () => handOverGap(cloud));
    const death = await unlessItFails('death of the owner', () => deathGap(cloud));
    const baseline = await startBaseline(cloud.info);
    return [handOver, death, await baselineDeath(cloud, baseline)];
  } finally {
    await cloud.stop();
  }
}

/** One event that did not come about leaves the others to be told. */
async function unlessItFails(event: string, measure: () => Promise<GapRow>): Promise<GapRow> {
  try {
    return await measure();
  } catch (error) {
    const note = `not measured: ${error instanceof Error ? error.message : String(error)}`;
    return { event, gapMs: Number.NaN, sentFrames: 0, lostFrames: 0, repeatedFrames: 0, note };
  }
}

/** The engine's own six minutes are cut to six seconds; everything else is as it is. */
async function renewalGap({ info, reply, take }: RemoteCloud): Promise<GapRow> {
  await reply({ ms: 2000, how: 'paced' });
  const renewal = { armAfterMs: 6000, forceAfterMs: 9000 };
  await take();
  const result = await measureOwner({ calls: 1, frameMs: FRAME_MS, seconds: 12, model: 'embedded', renewal }, info);
  await sleep(500);
  const { heard } = await take();
  const seen = heardOf(heard);
  return {
    event: `renewal of the model's stream (${result.streams - 1} in one call)`,
    ...seen,
    sentFrames: result.sentFrames,
    lostFrames: missing(heard.map(([, seq]) => seq)),
    note: 'owner in process, streams to the embedded Sonic',
  };
}

async function handOverGap(cloud: RemoteCloud): Promise<GapRow> {
  const caller = await callOf(cloud);
  await changedOwner(caller, 1, 62_000);
  await sleep(SETTLE_MS);
  return gapOf('hand-over to a fresh invocation', cloud, caller, undefined, 'in good order, before the time limit');
}

async function deathGap(cloud: RemoteCloud): Promise<GapRow> {
  const caller = await callOf(cloud);
  await sleep(3000);
  const killedAtMs = performance.now();
  const struck = await cloud.crashOwner(caller.callId());
  await changedOwner(caller, 1, 30_000);
  const backMs = performance.now() - killedAtMs;
  await sleep(SETTLE_MS);
  return gapOf('death of the owner', cloud, caller, backMs, `${struck} process killed in the midst of the call`);
}

async function baselineDeath(cloud: RemoteCloud, baseline: Baseline): Promise<GapRow> {
  const caller = openCaller(1, baseline.line);
  await caller.ready;
  caller.talk(FRAME_MS);
  await sleep(3000);
  baseline.kill();
  await sleep(1000);
  caller.hush();
  const { sentFrames, lostFrames } = await gapOf('death of the baseline', cloud, caller, undefined, '');
  return {
    event: 'death of the baseline’s process',
    gapMs: Number.POSITIVE_INFINITY,
    sentFrames,
    lostFrames,
    repeatedFrames: 0,
    note: caller.isClosed() ? 'every call in the process simply ends' : 'the socket stays open',
  };
}

async function callOf(cloud: RemoteCloud): Promise<Caller> {
  await cloud.take();
  const caller = openCaller(1, await cloud.lineTo('relay'));
  await caller.ready;
  caller.talk(FRAME_MS);
  return caller;
}

/** Resolves when the caller has heard from an owner after the one of `epoch`. */
async function changedOwner(caller: Caller, epoch: number, atMostMs: number): Promise<void> {
  const giveUpMs = performance.now() + atMostMs;
  while (!caller.notices.some((notice) => Number(notice.epoch) > epoch)) {
    if (performance.now() > giveUpMs) throw new Error(`No other owner within ${atMostMs} ms.`);
    await sleep(20);
  }
}

async function gapOf(
  event: string,
  cloud: RemoteCloud,
  caller: Caller,
  backMs: number | undefined,
  note: string,
): Promise<GapRow> {
  const { sent } = caller;
  const sentFrames = sent.length;
  await sleep(500);
  const { heard } = await cloud.take();
  // Frames of the first seconds may meet an owner that is not there yet.
  const from = heard[0]?.[1] ?? 0;
  const expected = sent.filter(([seq]) => seq >= from).length;
  const known = new Set(heard.map(([, seq]) => seq));
  const lostFrames = sent
    .slice(0, sentFrames - Math.ceil(500 / FRAME_MS))
    .filter(([seq]) => seq >= from && !known.has(seq)).length;
  if (!caller.isClosed()) await caller.hangUp();
  return {
    event,
    ...heardOf(heard),
    sentFrames: expected,
    lostFrames,
    ...(backMs === undefined ? {} : { backMs }),
    note,
  };
}

function heardOf(heard: Taken['heard']): { readonly gapMs: number; readonly repeatedFrames: number } {
  const known = new Set<number>();
  let [gapMs, lastUs, repeatedFrames] = [0, Number.NaN, 0];
  for (const [, seq, , heardUs] of heard) {
    if (known.has(seq)) repeatedFrames += 1;
    else {
      if (!Number.isNaN(lastUs)) gapMs = Math.max(gapMs, (heardUs - lastUs) / 1000 - FRAME_MS);
      lastUs = heardUs;
    }
    known.add(seq);
  }
  return { gapMs, repeatedFrames };
}

/** Numbers left out between the first and the last. */
export function missing(seqs: readonly number[]): number {
  if (seqs.length === 0) return 0;
  const known = new Set(seqs);
  return Math.max(...seqs) - Math.min(...seqs) + 1 - known.size;
}
