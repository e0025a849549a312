import type { StoredHours } from '../records.ts';

const DAYS = ['SUNDAY', 'MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY'];
const MINUTES_A_DAY = 24 * 60;

function localTime(timeZone: string, atMs: number): { readonly day: number; readonly minutes: number } {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    weekday: 'long',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  const parts = Object.fromEntries(format.formatToParts(atMs).map(({ type, value }) => [type, value]));
  const day = DAYS.indexOf((parts.weekday ?? '').toUpperCase());
  return { day, minutes: Number(parts.hour) * 60 + Number(parts.minute) };
}

/** Whether the hours of operation are open at this time; a slot that ends at or before its start reaches into the next day. */
export function isOpen({ timeZone, config }: Pick<StoredHours, 'timeZone' | 'config'>, atMs: number): boolean {
  const { day, minutes } = localTime(timeZone, atMs);
  return config.some(({ Day, StartTime, EndTime }) => {
    const start = (StartTime?.Hours ?? 0) * 60 + (StartTime?.Minutes ?? 0);
    const end = (EndTime?.Hours ?? 0) * 60 + (EndTime?.Minutes ?? 0);
    const length = end > start ? end - start : end - start + MINUTES_A_DAY;
    const from = DAYS.indexOf(Day ?? '') * MINUTES_A_DAY + start;
    const at = day * MINUTES_A_DAY + minutes;
    const since = (at - from + 7 * MINUTES_A_DAY) % (7 * MINUTES_A_DAY);
    return since < length;
  });
}
