import * as z from 'zod';
import { E164 } from '../telephony/phone-number.ts';

const WEEKDAYS = ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY', 'SUNDAY'] as const;
const ClockTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'A time is written as 09:30.');

const isTimeZone = (name: string): boolean => {
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: name });
    return true;
  } catch {
    return false;
  }
};

/** When people answer; `closes` does not belong to the hours, and one before `opens` is on the next morning. */
const TransferHours = z.strictObject({
  timeZone: z.string().max(64).refine(isTimeZone, 'A time zone is written as Europe/Berlin.').default('UTC'),
  days: z
    .array(z.enum(WEEKDAYS))
    .min(1)
    .max(7)
    .default([...WEEKDAYS]),
  opens: ClockTime,
  closes: ClockTime,
});
type TransferHours = z.output<typeof TransferHours>;

/** Where a caller goes on who is passed on to a person. */
export const TransferSettings = z.strictObject({
  phoneNumber: E164.optional().meta({
    description: 'Whom phone calls are put through to; in a browser, the number to call.',
    example: '+12025550142',
  }),
  chatUrl: z
    .url({ protocol: /^https$/ })
    .max(2048)
    .optional()
    .meta({
      description: 'Where a person answers in writing; shown to who talks in a browser.',
      example: 'https://example.com/chat',
    }),
  ringSeconds: z.int().min(5).max(120).default(25).meta({
    description: 'How long it rings there before the caller is back with the agent.',
  }),
  hours: TransferHours.optional().meta({ description: 'When people answer; always unless stated.' }),
});
export type TransferSettings = z.output<typeof TransferSettings>;

/** Whether somebody answers at this time (Unix milliseconds). Pure. */
export const isAnswered = (hours: TransferHours | undefined, nowMs: number): boolean => {
  if (hours === undefined) return true;
  const { opens, closes, days, timeZone } = hours;
  const { day, time } = clockIn(timeZone, nowMs);
  if (opens < closes) return days.includes(day) && time >= opens && time < closes;
  const dayBefore = WEEKDAYS[(WEEKDAYS.indexOf(day) + 6) % 7] as (typeof WEEKDAYS)[number];
  return (days.includes(day) && time >= opens) || (days.includes(dayBefore) && time < closes);
};

const clockIn = (timeZone: string, nowMs: number) => {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    weekday: 'long',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  const parts = new Map(format.formatToParts(nowMs).map(({ type, value }) => [type, value]));
  const day = (parts.get('weekday') ?? '').toUpperCase() as (typeof WEEKDAYS)[number];
  return { day, time: `${parts.get('hour')}:${parts.get('minute')}` };
};
