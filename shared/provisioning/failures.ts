import type { ProblemCode } from '../kernel/problems.ts';

/**
 * The errors that end a run at once, by the name the state machine sees, and the code their owner sees.
 * `provision-agent.asl.json` lists the same names as those it never retries (a test compares).
 */
export const PERMANENT_FAILURES = {
  KnowledgeBaseQuotaExceeded: 'knowledge-base-quota-exceeded',
  IngestionFailed: 'ingestion-failed',
  AgentCreatorFailed: 'agent-creator-failed',
  CodeRejected: 'code-rejected',
  RuntimeFailed: 'deployment-failed',
  ProvisioningFailed: 'provisioning-failed',
} as const satisfies Record<string, ProblemCode>;
export type PermanentFailureName = keyof typeof PERMANENT_FAILURES;

/** A failure that trying again cannot mend; its message is a sentence its owner can act on. */
export class PermanentFailure extends Error {
  readonly code: ProblemCode;

  constructor(name: PermanentFailureName, message: string, cause?: unknown) {
    super(message, { cause });
    this.name = name;
    this.code = PERMANENT_FAILURES[name];
  }
}

/** The row no longer wants this run: the agent was deleted, the run settled, or a newer run has begun. Ends the run quietly. */
export class RunSuperseded extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'RunSuperseded';
  }
}

/** A service is still carrying out what was asked; the state machine asks again every two seconds. */
export class NotSettled extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'NotSettled';
  }
}

/** The code an error name of the state machine (ours or Step Functions' own) has in the problem registry. */
export const codeOfError = (name: string): ProblemCode => {
  if (name === 'AgentCreatorUnavailable') return 'agent-creator-failed';
  if (name === 'TookTooLong' || name === 'States.Timeout' || name === 'TIMED_OUT') return 'provisioning-timed-out';
  return isPermanent(name) ? PERMANENT_FAILURES[name] : 'provisioning-failed';
};

const isPermanent = (name: string): name is PermanentFailureName => Object.hasOwn(PERMANENT_FAILURES, name);
