/** What processes have used, as Linux counts it. */
import { readdirSync, readFileSync } from 'node:fs';

/** A part of the system under load. */
export type Part = 'owner' | 'gateway' | 'other functions' | 'cloud';

export interface Used {
  readonly pid: number;
  readonly part: Part;
  readonly cpuMs: number;
  readonly residentMb: number;
}

/** Clock ticks of `/proc/PID/stat` (Linux on every machine of today). */
const TICK_MS = 10;

const read = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // It has ended meanwhile.
    return '';
  }
};

function statOf(pid: number): { readonly parent: number; readonly cpuMs: number } | undefined {
  // The name in brackets may hold anything, so fields are counted from behind it.
  const fields = read(`/proc/${pid}/stat`).split(') ').at(-1)?.split(' ') ?? [];
  if (fields.length < 13) return undefined;
  return { parent: Number(fields[1]), cpuMs: (Number(fields[11]) + Number(fields[12])) * TICK_MS };
}

function partOf(pid: number, cloudPid: number): Part {
  if (pid === cloudPid) return 'cloud';
  const environment = read(`/proc/${pid}/environ`);
  if (/voice-gateway/.test(environment)) return 'gateway';
  if (/voice-session/.test(environment) || /AGENT_ID=/.test(environment)) return 'owner';
  return 'other functions';
}

const residentMbOf = (pid: number): number =>
  Number(/VmRSS:\s+(\d+) kB/.exec(read(`/proc/${pid}/status`))?.[1] ?? 0) / 1024;

const used = (pid: number, part: Part): Used => ({
  pid,
  part,
  cpuMs: statOf(pid)?.cpuMs ?? 0,
  residentMb: residentMbOf(pid),
});

/** The cloud's process and those it has started. */
export function usedByCloud(cloudPid: number): Used[] {
  const pids = readdirSync('/proc').map(Number).filter(Number.isInteger);
  const ours = pids.filter((pid) => pid === cloudPid || statOf(pid)?.parent === cloudPid);
  return ours.map((pid) => used(pid, partOf(pid, cloudPid)));
}

/** One process that holds all calls. */
export const usedByOwner = (pid: number): Used[] => [used(pid, 'owner')];

/** CPU milliseconds of a part between two looks; processes that ended in between count up to the first. */
export function cpuMsBetween(before: readonly Used[], after: readonly Used[], part: Part): number {
  const beforeOf = new Map(before.map(({ pid, cpuMs }) => [pid, cpuMs]));
  return after
    .filter((one) => one.part === part)
    .reduce((sum, { pid, cpuMs }) => sum + cpuMs - (beforeOf.get(pid) ?? 0), 0);
}
