/** Closes a tenant's key for its way between our functions: no invocation carries one that could be read. */
export interface KeySeal {
  /** Base64; opens for the same tenant only. */
  readonly close: (key: string, userId: string) => Promise<string>;
  /** Throws what KMS answers when it was closed for somebody else. */
  readonly open: (sealed: string, userId: string) => Promise<string>;
}
