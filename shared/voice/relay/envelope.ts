import * as z from 'zod';

/** What the gateway hands to the owner of a call: a message of the caller and the connection it came over. */
export const RelayEnvelope = z.strictObject({
  connectionId: z.string().min(1).max(128),
  /** When the gateway had it; Unix milliseconds. */
  atMs: z.int().nonnegative(),
  /** A `ClientMessage`, a message of the telephone provider, or `{"type":"disconnected"}`. */
  message: z.record(z.string(), z.json()),
});
export type RelayEnvelope = z.output<typeof RelayEnvelope>;
