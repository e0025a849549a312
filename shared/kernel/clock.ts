/** Time as an argument: domain code never asks the machine. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number;
}

/** Whole seconds since the Unix epoch, the unit of every stored `createdAt`, `updatedAt` and TTL. */
export const nowSeconds = (clock: Clock): number => Math.floor(clock.now() / 1000);
