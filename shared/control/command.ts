/** What an operator may do to a call that goes on. `context` lays facts about the call into the prompt. */
export const CONTROL_ACTIONS = ['whisper', 'say', 'hold', 'resume', 'takeover', 'transfer', 'end', 'context'] as const;
export type ControlAction = (typeof CONTROL_ACTIONS)[number];

/** Who controls a call: one sign-in of a tenant's user. */
export interface Operator {
  /** Tells sign-ins apart; says nothing about a person. */
  readonly id: string;
  /** For people: the e-mail address or name the token carries, else its subject. */
  readonly name: string;
}

/** One wish of an operator; applied once, in the order of `seq`, by whoever owns the call then. */
export interface CallCommand {
  /** From 1, without gaps within a call. */
  readonly seq: number;
  readonly commandId: string;
  readonly action: ControlAction;
  readonly operator: Operator;
  /** Unix milliseconds at which it was accepted. */
  readonly atMs: number;
  /** Of `whisper`, `say` and, if any, `takeover`. */
  readonly text?: string;
  /** Of the others, if any: for the record, and of `transfer` for the person who takes the call. */
  readonly reason?: string;
  /** Of `transfer`, where it is not to go where the agent's settings say: E.164. */
  readonly to?: { readonly phoneNumber: string };
  /** Of `context`: a JSON merge patch (RFC 7396). */
  readonly patch?: Readonly<Record<string, unknown>>;
}

/** Who has a call in hand. Nobody has once `untilMs` is over. */
export interface Controller {
  readonly operator: Operator;
  readonly sinceMs: number;
  /** Unix milliseconds; each command renews it. */
  readonly untilMs: number;
}

/** How long a call stays in an operator's hand after the last command. */
export const CONTROLLER_LEASE_MS = 60_000;
/** Of a whisper, of words to be said, and of a reason. */
export const MAX_COMMAND_CHARACTERS = 1000;
/** Of a call that is controlled by a program gone wild; an hour of a command every two seconds. */
export const MAX_COMMANDS_A_CALL = 2000;

/** The controller as of then; undefined when the lease is over. */
export const controllerAt = (controller: Controller | undefined, nowMs: number): Controller | undefined =>
  controller !== undefined && controller.untilMs > nowMs ? controller : undefined;
