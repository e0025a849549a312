/** For whom a key was given, and for which service: `sealedFor`. */
export interface SealedFor {
  readonly userId: string;
  readonly service: string;
}

/** Closes a tenant's key for its way between our functions: no invocation carries one that could be read. */
export interface KeySeal {
  /** Base64; opens for the same tenant and the same service only, wherever somebody else would have it sent. */
  readonly close: (key: string, to: SealedFor) => Promise<string>;
  /** Throws what KMS answers when it was closed for another one. */
  readonly open: (sealed: string, to: SealedFor) => Promise<string>;
}
