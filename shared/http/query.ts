import * as z from 'zod';

/** A number as a query string writes it. */
export const wholeNumber = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,6}$/, { error: `A whole number from ${min} to ${max}.`, abort: true })
    .transform(Number)
    .refine((value) => value >= min && value <= max, { error: `A whole number from ${min} to ${max}.` });
