/** A call measured: hops, load, barge-in, gaps, cost; beside the plain server that everybody would write. */
import { availableParallelism } from 'node:os';
import { table } from '../table.ts';
import { type BargeInRow, measureBargeIns } from './barge-in.ts';
import { type CostRow, costRows, measureRelayMinute } from './cost.ts';
import { type GapRow, measureOwnerChanges, measureRenewal } from './gaps.ts';
import { type Load, type LoadRow, measureLoad, PATHS, type Spread, spreadOf } from './load.ts';
import type { OwnerResult } from './owner-process.ts';
import { measureOwner, startBaseline, startRemoteCloud } from './remote-cloud.ts';

export interface OwnerRow {
  readonly calls: number;
  readonly result: Omit<OwnerResult, 'toModelUs' | 'toCallerUs'>;
  readonly toModel: Spread;
  readonly toCaller: Spread;
}

export interface VoiceReport {
  readonly loads: readonly LoadRow[];
  readonly owners: readonly OwnerRow[];
  readonly bargeIns: readonly BargeInRow[];
  readonly gaps: readonly GapRow[];
  readonly costs: readonly CostRow[];
}

/** Most that our path may add to a frame, p99; and calls that a core must bear. */
const ADDED_BAR_MS = 20;
const CALLS_BAR = 50;
const RELAY_BAR_MICRO_USD = 2000;
const SECONDS = 8;
const OWNER_CALLS = [50, 100] as const;

/** One caller with the shortest and the longest frames, then more. */
const LOADS: readonly Omit<Load, 'path'>[] = [
  { callers: 1, frameMs: 20, seconds: SECONDS },
  { callers: 1, frameMs: 100, seconds: SECONDS },
  { callers: 5, frameMs: 40, seconds: SECONDS },
];

export async function measureVoice(): Promise<VoiceReport> {
  const owners: OwnerRow[] = [];
  for (const calls of OWNER_CALLS) owners.push(await ownerRow(calls));
  const cloud = await startRemoteCloud();
  const baseline = await startBaseline(cloud.info);
  try {
    const loads: LoadRow[] = [];
    for (const load of LOADS) {
      for (const path of PATHS) {
        say(`  ${path}, ${load.callers} × ${load.frameMs} ms …`);
        loads.push(await measureLoad(cloud, baseline, { ...load, path }));
      }
    }
    say('  barge-in …');
    const bargeIns = await measureBargeIns(cloud, baseline);
    say('  renewal …');
    const renewal = await measureRenewal(cloud);
    say('  other owners, and a minute for its cost …');
    const [changes, minute] = await Promise.all([measureOwnerChanges(), measureRelayMinute(cloud)]);
    const gaps = [renewal, ...changes];
    const direct = loads.find(({ path }) => path === 'direct');
    const [fifty] = owners;
    if (!direct || !fifty) throw new Error('nothing was measured');
    const { cpuMs, wallMs, memoryMb } = fifty.result;
    const ownerMinute = { ownerCpuMs: (cpuMs / wallMs / fifty.calls) * 60_000, ownerMb: memoryMb };
    return { loads, owners, bargeIns, gaps, costs: costRows(minute, direct, ownerMinute) };
  } finally {
    baseline.kill();
    await cloud.stop();
  }
}

const say = (line: string): void => console.error(line);

async function ownerRow(calls: number): Promise<OwnerRow> {
  const load = { calls, frameMs: 20, seconds: SECONDS, model: 'scripted' } as const;
  const { toModelUs, toCallerUs, ...result } = await measureOwner(load);
  return { calls, result, toModel: spreadOf(toModelUs), toCaller: spreadOf(toCallerUs) };
}

export const voiceReport = ({ loads, owners, bargeIns, gaps, costs }: VoiceReport): string =>
  [
    'The owner alone, all calls in one process on one core, 20 ms frames:',
    ownersTable(owners),
    'The same load through the plain server and both paths of ours; milliseconds are p50 / p99:',
    loadsTable(loads),
    'Of these, what a frame of the relay spends where:',
    hopsTable(loads),
    'The caller cuts in:',
    bargeInTable(bargeIns),
    'Who holds the call changes:',
    gapsTable(gaps),
    'A minute of a call at list prices:',
    costTable(costs),
  ].join('\n\n');

const verdict = (isMet: boolean): string => (isMet ? 'met' : 'missed');
const ms = (value: number): string => value.toFixed(value < 10 ? 1 : 0);
const spread = ({ p50, p99, count }: Spread): string => (count === 0 ? '–' : `${ms(p50)} / ${ms(p99)}`);
const usd = (microUsd: number): string => `$${(microUsd / 1e6).toFixed(5)}`;

export function ownersTable(rows: readonly OwnerRow[]): string {
  return table(
    [
      'calls',
      'caller → model ms',
      'model → caller ms',
      'frames lost',
      'of a core %',
      'MB a call',
      `bar: ${CALLS_BAR} calls a core, none lost, ≤ ${ADDED_BAR_MS} ms`,
    ],
    rows.map(({ calls, result, toModel, toCaller }) => {
      const lost = result.lostFrames + result.lostAudio;
      const isQuick = Math.max(toModel.p99, toCaller.p99) <= ADDED_BAR_MS;
      return [
        calls,
        spread(toModel),
        spread(toCaller),
        `${lost} of ${result.sentFrames}`,
        ((result.cpuMs / result.wallMs) * 100).toFixed(0),
        result.memoryMb.toFixed(1),
        calls < CALLS_BAR ? 'below it' : verdict(lost === 0 && isQuick && result.logs.length === 0),
      ];
    }),
  );
}

const sameLoad = (a: Load, b: Load): boolean => a.callers === b.callers && a.frameMs === b.frameMs;

/** Above the plain server's own p99 at the same load. */
function addedMs(rows: readonly LoadRow[], row: LoadRow): number {
  const plain = rows.find((other) => other.path === 'baseline' && sameLoad(other, row));
  if (!plain) return Number.NaN;
  return Math.max(row.toModel.p99 - plain.toModel.p99, row.toCaller.p99 - plain.toCaller.p99);
}

const ratioTo = (rows: readonly LoadRow[], row: LoadRow, of: (row: LoadRow) => number): string => {
  const plain = rows.find((other) => other.path === 'baseline' && sameLoad(other, row));
  return plain ? `${(of(row) / of(plain)).toFixed(1)}×` : '–';
};

/** A machine that is full says nothing of a path. */
const isFull = ({ cpu, callers }: LoadRow): boolean =>
  ((cpu.owner + cpu.gateway + cpu.cloud + cpu['other functions']) * callers) / 60 > availableParallelism() * 0.8;

export function loadsTable(rows: readonly LoadRow[]): string {
  return table(
    [
      'path',
      'calls × frame',
      'caller → model',
      'model → caller',
      'p50 ÷ plain',
      'lost frames',
      'CPU s a call minute: owner + gateway',
      'cloud’s CPU s',
      'MB a call',
      `bar: ≤ ${ADDED_BAR_MS} ms added at p99, none lost`,
    ],
    rows.map((row) => {
      const lost = row.lostFrames + row.lostAudio;
      const isMet = row.failed.length === 0 && lost === 0 && addedMs(rows, row) <= ADDED_BAR_MS;
      return [
        row.path,
        `${row.callers} × ${row.frameMs} ms`,
        spread(row.toModel),
        spread(row.toCaller),
        ratioTo(rows, row, ({ toModel, toCaller }) => toModel.p50 + toCaller.p50),
        `${lost} of ${row.sentFrames + row.sentAudio}`,
        `${row.cpu.owner.toFixed(1)} + ${row.cpu.gateway.toFixed(1)}`,
        row.cpu.cloud.toFixed(1),
        row.memoryMb.toFixed(0),
        row.path === 'baseline'
          ? 'is what others are measured by'
          : `${verdict(isMet)}${isFull(row) ? ' (machine full)' : ''}`,
      ];
    }),
  );
}

function hopsTable(rows: readonly LoadRow[]): string {
  return table(
    [
      'calls × frame',
      'caller → API',
      'API → gateway → owner’s socket',
      'owner → model',
      'model → owner → API',
      'API → caller',
    ],
    rows.flatMap(({ hops, callers, frameMs }) =>
      hops === undefined
        ? []
        : [
            [
              `${callers} × ${frameMs} ms`,
              spread(hops.arrive),
              spread(hops.gateway),
              spread(hops.owner),
              spread(hops.ownerOut),
              spread(hops.deliver),
            ],
          ],
    ),
  );
}

function bargeInTable(rows: readonly BargeInRow[]): string {
  return table(
    [
      'path',
      'times',
      'until the client is told to flush, ms (middle, worst)',
      'until the last old frame came',
      'audio held by the client, ms',
    ],
    rows.map(({ path, trials, flushMs, lastAudioMs, leadMs }) => [
      path,
      trials,
      `${ms(flushMs.p50)}, ${ms(flushMs.max)}`,
      `${ms(lastAudioMs.p50)}, ${ms(lastAudioMs.max)}`,
      leadMs.toFixed(0),
    ]),
  );
}

function gapsTable(rows: readonly GapRow[]): string {
  return table(
    ['event', 'longest deafness ms', 'frames lost', 'heard twice', 'caller hears the new owner after ms', 'note'],
    rows.map(({ event, gapMs, sentFrames, lostFrames, repeatedFrames, backMs, note }) => [
      event,
      gapMs === Number.POSITIVE_INFINITY ? 'for ever' : Number.isNaN(gapMs) ? '–' : gapMs.toFixed(0),
      `${lostFrames} of ${sentFrames}`,
      repeatedFrames,
      backMs === undefined ? '–' : backMs.toFixed(0),
      note,
    ]),
  );
}

export function costTable(rows: readonly CostRow[]): string {
  return table(
    [
      'transport',
      'frames',
      'caller’s frames sent',
      'messages',
      'Lambda GB-s',
      'a minute',
      'and the telephone',
      `bar: relay ≤ ${usd(RELAY_BAR_MICRO_USD)}`,
    ],
    rows.map(({ transport, frameMs, callerTalks, counters, microUsd, telephonyMicroUsd }) => [
      transport,
      `${frameMs} ms`,
      `${callerTalks * 100} %`,
      Math.round(counters.webSocketMessages),
      counters.lambdaGbSeconds.toFixed(1),
      usd(microUsd),
      telephonyMicroUsd === 0 ? '–' : usd(telephonyMicroUsd),
      transport === 'relay' ? verdict(microUsd <= RELAY_BAR_MICRO_USD) : '–',
    ]),
  );
}
