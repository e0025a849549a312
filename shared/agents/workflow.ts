import type { RunInput } from '../provisioning/provisioning.ts';

/** A state machine that works for agents. */
export interface Workflow {
  /** The ARN the execution of this name has or will have. */
  readonly executionArn: (name: string) => string;
  /**
   * Starts the execution; starting the same one again while it runs changes nothing.
   * `closed`: an execution of this name has ended already.
   */
  readonly start: (name: string, input: RunInput) => Promise<'started' | 'closed'>;
}
