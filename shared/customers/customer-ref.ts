import * as z from 'zod';

/** A tenant's own name of a customer: an identity of the kind `external`. */
export const CustomerRef = z
  .string()
  .trim()
  .min(1)
  .max(128)
  .regex(/^[^\p{C}]+$/u, 'No control characters, and well-formed Unicode.');
