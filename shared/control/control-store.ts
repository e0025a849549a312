import type { CallId } from '../calls/call.ts';
import type { CallCommand, Controller, Operator } from './command.ts';
import type { LiveContext } from './live-context.ts';

/** A command on its way in; the store numbers it. */
export interface NewCommand extends Omit<CallCommand, 'seq'> {
  readonly callId: CallId;
  readonly userId: string;
  /** Whether to take the call out of another operator's hand. */
  readonly force: boolean;
  /** Of `context`: what the facts about the call are to become, if they were edited no more than so many times. */
  readonly facts?: { readonly edits: number; readonly after: Readonly<Record<string, unknown>> };
}

/** `parked`: the caller is being put through to a person. `changed`: the facts on the call's row are no longer those that were read. */
export type Accepted =
  | {
      readonly outcome: 'accepted';
      readonly seq: number;
      readonly controller: Controller;
      readonly ownerConnectionId?: string;
    }
  | { readonly outcome: 'controlled'; readonly controller: Controller }
  | { readonly outcome: 'ended' | 'parked' | 'not-begun' | 'too-many' | 'changed' };

/** Commands of operators, and who has a call in hand. */
export interface ControlStore {
  /** Numbers a command and takes or renews the lease, all or nothing. The same `commandId` again is the same command. */
  readonly accept: (command: NewCommand) => Promise<Accepted>;
  /** Who had the call in hand last; the lease may be over. */
  readonly controller: (callId: CallId) => Promise<Controller | undefined>;
  /** Ends the lease, if it is this operator's; with `force` whosever it is. Gives who still has the call. */
  readonly release: (
    callId: CallId,
    operator: Operator,
    options: { readonly force: boolean; readonly nowMs: number },
  ) => Promise<Controller | undefined>;
}

/** What agents are told for now: on the agent's row, and where owners of calls that go on look for it. */
export interface LiveContextStore {
  /** False when the context is no longer of version `before`, or the agent is gone or going. */
  readonly write: (
    agent: { readonly userId: string; readonly agentId: string },
    live: LiveContext,
    before: number,
  ) => Promise<boolean>;
}
