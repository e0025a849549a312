/** What a verified token says about its bearer. */
export interface TokenBearer {
  readonly userId: string;
  /** As the claim writes them, separated by spaces; undefined without the claim. */
  readonly scopes: string | undefined;
}

/** The tokens of the stage's user pool. */
export interface TokenVerifier {
  /** Undefined for whatever is not a valid token of ours. Throws when the pool's keys cannot be read. */
  readonly verify: (token: string) => Promise<TokenBearer | undefined>;
}
