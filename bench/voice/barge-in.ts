/** From the moment the model falls silent until the caller does not hear it any more. */
import { setTimeout as sleep } from 'node:timers/promises';
import { median } from '../table.ts';
import { openCaller } from './caller.ts';
import { PATHS, type Path } from './load.ts';
import type { Baseline, RemoteCloud } from './remote-cloud.ts';

export interface BargeInRow {
  readonly path: Path;
  readonly trials: number;
  /** Until the client is told to drop what it has: middle and worst. */
  readonly flushMs: { readonly p50: number; readonly max: number };
  /** Until the last frame of the old answer came. */
  readonly lastAudioMs: { readonly p50: number; readonly max: number };
  /** Audio the client held when the caller cut in: what it would go on playing if it did not drop it. */
  readonly leadMs: number;
}

const TRIALS = 4;
/** So far into the answer the caller cuts in; a model is about twice as fast as playing. */
const CUT_AFTER_MS = 4000;
const QUIET_MS = 1500;

export async function measureBargeIns(cloud: RemoteCloud, baseline: Baseline): Promise<BargeInRow[]> {
  const rows: BargeInRow[] = [];
  for (const path of PATHS) rows.push(await bargeIns(cloud, baseline, path));
  return rows;
}

async function bargeIns(cloud: RemoteCloud, baseline: Baseline, path: Path): Promise<BargeInRow> {
  await cloud.reply({ ms: 30_000, how: 'burst' });
  const caller = openCaller(1, path === 'baseline' ? baseline.line : await cloud.lineTo(path));
  await caller.ready;
  caller.talk(40);
  const [flush, last, lead]: number[][] = [[], [], []];
  for (let trial = 0; trial < TRIALS; trial++) {
    await sleep(CUT_AFTER_MS);
    lead?.push(caller.leadMs());
    caller.forget();
    const atUs = await cloud.interrupt(1);
    await sleep(QUIET_MS);
    const told = caller.notices.find(({ type }) => type === 'interrupted');
    flush?.push(told === undefined ? Number.NaN : (told.receivedUs - atUs) / 1000);
    last?.push(Math.max(0, ...caller.played.map(({ receivedUs }) => (receivedUs - atUs) / 1000)));
    await cloud.ask(1);
  }
  await caller.hangUp();
  return {
    path,
    trials: TRIALS,
    flushMs: { p50: median(flush ?? []), max: Math.max(...(flush ?? [])) },
    lastAudioMs: { p50: median(last ?? []), max: Math.max(...(last ?? [])) },
    leadMs: median(lead ?? []),
  };
}
