/** Recordings of calls. */
export interface Recordings {
  /** An address from which anybody who has it may read the recording, good for five minutes. */
  readonly address: (key: string) => Promise<string>;
}
