/** How something is asked. */
export interface Asking {
  /** What is typed is not shown. */
  readonly isSecret?: true;
  readonly signal?: AbortSignal;
}

/** All that the program sees of the machine it runs on. */
export interface Io {
  /** Results. */
  readonly out: (text: string) => void;
  /** Progress and failures. */
  readonly err: (text: string) => void;
  /** All of it; rejects at Ctrl+C. */
  readonly stdin: () => Promise<string>;
  /** A line of whoever sits there (`isInTty`); rejects at Ctrl+C, and when `signal` is aborted. */
  readonly ask: (question: string, options: Asking) => Promise<string>;
  /** Whether results go to a person's screen: then lists are tables. */
  readonly isOutTty: boolean;
  /** Whether progress may be drawn over. */
  readonly isErrTty: boolean;
  /** Whether somebody can be asked. */
  readonly isInTty: boolean;
  readonly columns: number;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly nowMs: () => number;
  /** Aborted by Ctrl+C. */
  readonly signal: AbortSignal;
  /** Opens a page in the person's browser; false when that cannot be. */
  readonly openBrowser: (url: string) => Promise<boolean>;
}
