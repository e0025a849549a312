/** The same load through every way a call can go. */
import { setTimeout as sleep } from 'node:timers/promises';
import { percentile } from '../table.ts';
import { type Caller, openCaller } from './caller.ts';
import type { Taken } from './cloud-process.ts';
import { cpuMsBetween, type Part, type Used, usedByCloud, usedByOwner } from './processes.ts';
import type { Baseline, RemoteCloud } from './remote-cloud.ts';

export const PATHS = ['baseline', 'direct', 'relay'] as const;
export type Path = (typeof PATHS)[number];

export interface Load {
  readonly path: Path;
  readonly callers: number;
  readonly frameMs: number;
  readonly seconds: number;
}

/** Milliseconds; absent where nothing went that way. */
export interface Spread {
  readonly p50: number;
  readonly p99: number;
  readonly count: number;
}

export interface LoadRow extends Load {
  /** From the caller's socket to the model, and from the model to the caller's socket. */
  readonly toModel: Spread;
  readonly toCaller: Spread;
  /** Of the relay: caller → API Gateway → (gateway function) → owner's socket → (owner) → model; model → (owner) → API Gateway → caller. */
  readonly hops: Readonly<Record<'arrive' | 'gateway' | 'owner' | 'ownerOut' | 'deliver', Spread>> | undefined;
  readonly sentFrames: number;
  readonly lostFrames: number;
  readonly sentAudio: number;
  readonly lostAudio: number;
  /** CPU seconds a minute of one call. */
  readonly cpu: Readonly<Record<Part, number>>;
  /** Memory of the owning processes, a call. */
  readonly memoryMb: number;
  readonly failed: readonly string[];
}

/** New processes start, caches fill: not what is measured. */
const WARM_UP_SECONDS = 5;
/** What is under way at the end still counts. */
const SETTLE_MS = 1500;
/** More than an idle process uses while a load is measured. */
const BUSY_MS = 100;
const READY_WITHIN_MS = 30_000;
const PARTS: readonly Part[] = ['owner', 'gateway', 'other functions', 'cloud'];

export const spreadOf = (us: readonly number[]): Spread => ({
  p50: percentile(us, 0.5) / 1000,
  p99: percentile(us, 0.99) / 1000,
  count: us.length,
});

/** Runs one load and waits for its calls to end. */
export async function measureLoad(cloud: RemoteCloud, baseline: Baseline, load: Load): Promise<LoadRow> {
  const { path, seconds, frameMs } = load;
  await cloud.reply({ ms: (WARM_UP_SECONDS + seconds + 30) * 1000, how: 'paced' });
  const idleMb = path === 'baseline' ? memoryOf(usedByOwner(baseline.pid)) : 0;
  const { callers, failed } = await openCallers(cloud, baseline, load);
  for (const caller of callers) caller.talk(frameMs);
  await sleep(WARM_UP_SECONDS * 1000);
  const look = (): Used[] =>
    path === 'baseline'
      ? [...usedByOwner(baseline.pid), ...usedByCloud(cloud.info.pid).filter(isCloud)]
      : usedByCloud(cloud.info.pid);
  await cloud.take();
  for (const caller of callers) caller.forget();
  const before = look();
  await sleep(seconds * 1000);
  const after = look();
  for (const caller of callers) caller.hush();
  await sleep(SETTLE_MS);
  const taken = await cloud.take();
  const row = rowOf(load, callers, taken, failed);
  const minutes = (callers.length * seconds) / 60;
  const cpu = Object.fromEntries(
    PARTS.map((part) => [part, cpuMsBetween(before, after, part) / 1000 / minutes]),
  ) as LoadRow['cpu'];
  // Processes of calls that are over are kept for a while; they do nothing.
  const owners = after.filter((one) => one.part === 'owner' && cpuMsBetween(before, [one], 'owner') > BUSY_MS);
  await Promise.all(callers.map((caller) => caller.hangUp()));
  await sleep(SETTLE_MS);
  return { ...row, cpu, memoryMb: (memoryOf(owners) - idleMb) / Math.max(1, callers.length) };
}

const isCloud = ({ part }: Used): boolean => part === 'cloud';
const memoryOf = (used: readonly Used[]): number => used.reduce((sum, { residentMb }) => sum + residentMb, 0);

/** One after the other: what a start costs is not what is measured. */
async function openCallers(
  cloud: RemoteCloud,
  baseline: Baseline,
  { path, callers: count }: Load,
): Promise<{ readonly callers: Caller[]; readonly failed: string[] }> {
  const callers: Caller[] = [];
  const failed: string[] = [];
  for (let id = 1; id <= count; id++) {
    const line = path === 'baseline' ? baseline.line : await cloud.lineTo(path);
    const caller = openCaller(id, line);
    const tooLate = sleep(READY_WITHIN_MS).then(() => {
      throw new Error(`call ${id} was not ready within ${READY_WITHIN_MS} ms`);
    });
    await Promise.race([caller.ready, tooLate]).then(
      () => callers.push(caller),
      (error: unknown) => {
        failed.push(error instanceof Error ? error.message : String(error));
        return caller.isClosed() ? undefined : caller.hangUp();
      },
    );
    tooLate.catch(() => undefined);
  }
  return { callers, failed };
}

function rowOf(
  load: Load,
  callers: readonly Caller[],
  taken: Taken,
  failed: readonly string[],
): Omit<LoadRow, 'cpu' | 'memoryMb'> {
  const firstSent = new Map(callers.map(({ id, sent }) => [id, sent[0]?.[0] ?? 0]));
  const heard = taken.heard.filter(([caller, seq]) => seq >= (firstSent.get(caller) ?? 0));
  const heardKeys = new Set(heard.map(([caller, seq]) => `${caller}:${seq}`));
  const sentFrames = callers.reduce((sum, { sent }) => sum + sent.length, 0);
  const played = callers.flatMap((caller) => caller.played);
  const { sentAudio, lostAudio } = gapsOf(callers);
  return {
    ...load,
    toModel: spreadOf(heard.map(([, , sentUs, heardUs]) => heardUs - sentUs)),
    toCaller: spreadOf(played.map(({ sentUs, receivedUs }) => receivedUs - sentUs)),
    hops: load.path === 'relay' ? hopsOf(heard, callers, taken) : undefined,
    sentFrames,
    lostFrames: sentFrames - heardKeys.size,
    sentAudio,
    lostAudio,
    failed: [...failed, ...callers.filter((caller) => caller.isClosed()).map(({ id }) => `call ${id} was closed`)],
  };
}

/** Pieces of the model's audio that came, and those missing between the first and the last that came. */
function gapsOf(callers: readonly Caller[]): { readonly sentAudio: number; readonly lostAudio: number } {
  let [sentAudio, lostAudio] = [0, 0];
  for (const { played } of callers) {
    const utterances = new Map<number, number[]>();
    for (const { utterance, seq } of played) utterances.set(utterance, [...(utterances.get(utterance) ?? []), seq]);
    for (const seqs of utterances.values()) {
      const expected = Math.max(...seqs) - Math.min(...seqs) + 1;
      sentAudio += expected;
      lostAudio += expected - new Set(seqs).size;
    }
  }
  return { sentAudio, lostAudio };
}

function hopsOf(heard: Taken['heard'], callers: readonly Caller[], taken: Taken): LoadRow['hops'] {
  const inward = heard.flatMap(([caller, seq, sentUs, heardUs]) => {
    const crossing = taken.crossings[`${caller}:${seq}`];
    return crossing && crossing.toOwnerUs > 0 ? [{ sentUs, heardUs, ...crossing }] : [];
  });
  const outward = callers.flatMap(({ played }) =>
    played.flatMap(({ utterance, seq, sentUs, receivedUs }) => {
      const leftUs = taken.leavings[`${utterance}:${seq}`];
      return leftUs === undefined ? [] : [{ sentUs, leftUs, receivedUs }];
    }),
  );
  return {
    arrive: spreadOf(inward.map(({ sentUs, inUs }) => inUs - sentUs)),
    gateway: spreadOf(inward.map(({ inUs, toOwnerUs }) => toOwnerUs - inUs)),
    owner: spreadOf(inward.map(({ toOwnerUs, heardUs }) => heardUs - toOwnerUs)),
    ownerOut: spreadOf(outward.map(({ sentUs, leftUs }) => leftUs - sentUs)),
    deliver: spreadOf(outward.map(({ leftUs, receivedUs }) => receivedUs - leftUs)),
  };
}
