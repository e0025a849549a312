import * as z from 'zod';

/** A number as a query string writes it. */
export const wholeNumber = (min: number, max: number) =>
  z
    .string()
    .refine((text) => /^\d{1,6}$/.test(text) && Number(text) >= min && Number(text) <= max, {
      error: `A whole number from ${min} to ${max}.`,
    })
    .transform(Number)
    // The documentation shows the number, not its letters.
    .meta({ override: { type: 'integer', minimum: min, maximum: max } });
