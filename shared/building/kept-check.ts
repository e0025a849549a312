import * as z from 'zod';

/** One judgement of the code checker, as the gate keeps it beside the files of the version. */
export const KeptCheck = z.object({
  run: z.int().positive(),
  attempt: z.int().positive(),
  verdict: z.enum(['approved', 'rejected']),
  /** Unix milliseconds. */
  checkedAtMs: z.int(),
  findings: z.array(
    z.object({
      rule: z.string(),
      message: z.string(),
      file: z.string().exactOptional(),
      line: z.int().exactOptional(),
      column: z.int().exactOptional(),
      severity: z.enum(['error', 'warning']).exactOptional(),
    }),
  ),
});
export type KeptCheck = z.output<typeof KeptCheck>;

/** Where the judgement of an attempt lies, below the version's prefix. */
export const checkName = ({ run, attempt }: { readonly run: number; readonly attempt: number }): string =>
  `checks/r${run}-a${attempt}.json`;
