import { PROBLEMS, type ProblemError } from '../../kernel/problems.ts';
import type { CloseCode, ServerMessage } from '../protocol/messages.ts';
import type { GatewayDeps } from './gateway-dependencies.ts';

export type Notice = Extract<ServerMessage, { type: 'problem' }>;

/** Says something to a client; one that is gone hears nothing. */
export const tell = async (
  { sockets }: Pick<GatewayDeps, 'sockets'>,
  connectionId: string,
  message: ServerMessage,
): Promise<void> => {
  await sockets.post(connectionId, JSON.stringify(message));
};

/** Says why, then closes. API Gateway sends no close codes of ours: the problem carries it. */
export const dismiss = async (
  deps: Pick<GatewayDeps, 'sockets'>,
  connectionId: string,
  problem: Notice & { readonly closeCode: CloseCode },
): Promise<void> => {
  await tell(deps, connectionId, problem);
  await deps.sockets.close(connectionId);
};

const notice = (code: string, title: string, detail: string, retryable: boolean): Notice => ({
  type: 'problem',
  code,
  title,
  detail,
  retryable,
});

export const NOT_STARTED = notice(
  'not-started',
  'The session has not started',
  'Send session.start or session.resume first.',
  false,
);
export const ALREADY_STARTED = notice(
  'already-started',
  'The session has started already',
  'session.start is the first message of a connection, and the only one of its kind.',
  false,
);
export const TOO_FAST = notice(
  'too-many-messages',
  'Messages came too fast',
  'Send audio at the pace it is spoken, in frames of 20 to 100 ms.',
  true,
);
export const NOT_TEXT = {
  ...notice('invalid-message', 'The message was not understood', 'Frames must be text.', false),
  closeCode: 4400 as const,
};
export const LINES_BUSY = {
  ...notice('lines-busy', 'All lines are busy', 'Try again in a moment.', true),
  closeCode: 4429 as const,
  retryAfterSeconds: 30,
};
export const BUDGET_SPENT = {
  ...notice(
    'daily-budget-exhausted',
    'The budget of today is used up',
    'Calls of this account have cost as much as they may today (UTC). Try again tomorrow.',
    true,
  ),
  closeCode: 4429 as const,
};
export const NO_OWNER = {
  ...notice(
    'service-unavailable',
    'The call could not be begun',
    'Nobody could be found to take it. Call again.',
    true,
  ),
  closeCode: 4500 as const,
};
export const NO_AGENT = {
  ...notice('agent-not-found', 'There is no such agent', 'The agent has been deleted.', false),
  closeCode: 4404 as const,
};
export const AGENT_NOT_READY = {
  ...notice('agent-not-ready', 'The agent is not active', 'It has no version that could answer a call now.', true),
  closeCode: 4409 as const,
};
/** What its owner has the agent say instead of answering. */
export const refusedBy = ({ code, message }: ProblemError) => ({
  ...notice(code, PROBLEMS[code].title, message, PROBLEMS[code].retryable),
  closeCode: 4409 as const,
});
export const CALL_OVER = {
  ...notice('call-over', 'The call is over', 'It has ended, or another connection goes on with it.', false),
  closeCode: 4409 as const,
};
export const WRONG_TOKEN = {
  ...notice(
    'unauthenticated',
    'The credential does not hold',
    'Call or resume token are wrong. Start a new call.',
    false,
  ),
  closeCode: 4401 as const,
};
