import type { AgentId, UserId } from '../kernel/ids.ts';

/** A user's choice, in a row of its own: there is one a user, so there is one default agent at most. */
export interface DefaultAgent {
  readonly agentId: AgentId;
  /** Grows with each choice. */
  readonly revision: number;
}

/** `gone`: the agent does not exist, or is being deleted; `raced`: somebody else chose in between. */
export type Chosen = 'chosen' | 'gone' | 'raced';

/** Which agent a user means who names none. */
export interface DefaultAgents {
  /** Strongly consistent. */
  readonly find: (userId: UserId) => Promise<DefaultAgent | undefined>;
  /** In one transaction: the agent exists, and it takes the place of `former` and of nobody else. */
  readonly choose: (
    key: { readonly userId: UserId; readonly agentId: AgentId },
    former: DefaultAgent | undefined,
  ) => Promise<Chosen>;
}
