import { pointer } from '../http/pointer.ts';
import { PROBLEMS } from '../kernel/problems.ts';
import type { SocketConnections } from '../voice/relay/connections-apigateway.ts';
import { MAX_TOPICS } from './live-limits.ts';
import { callOfTenant, type LiveStateDeps, stateOf } from './live-state.ts';
import { type OperatorMessage, OperatorRequest } from './operator-messages.ts';
import { callOfTopic, type OperatorTopic } from './topics.ts';
import type { Watches, WatchingConnection } from './watches.ts';

export interface OperatorDeps {
  readonly state: LiveStateDeps;
  readonly watches: Watches;
  readonly sockets: Pick<SocketConnections, 'post'>;
}

/**
 * One message of an operator's connection. A subscription is answered with the present state, then `subscribed`: the
 * connection is among the watchers before the state is read, so that nothing falls between the two.
 */
export const receiveFromOperator = async (
  deps: OperatorDeps,
  connection: WatchingConnection,
  body: string,
): Promise<void> => {
  const { connectionId } = connection;
  const tell = (message: OperatorMessage) => deps.sockets.post(connectionId, JSON.stringify(message));
  const request = readRequest(body);
  if ('code' in request) {
    await tell(request);
    return;
  }
  if (request.type === 'ping') {
    await tell({ ...request, type: 'pong' });
    return;
  }
  const topics = [...new Set(request.topics)] as OperatorTopic[];
  const messages =
    request.type === 'subscribe' ? await subscribe(deps, connection, topics) : await leave(deps, connection, topics);
  for (const message of messages) if ((await tell(message)) === 'gone') return;
};

type Problem = Extract<OperatorMessage, { type: 'problem' }>;

const readRequest = (body: string): OperatorRequest | Problem => {
  try {
    const parsed = OperatorRequest.safeParse(JSON.parse(body));
    if (parsed.success) return parsed.data;
    const errors = parsed.error.issues.map(({ path, message }) => ({ pointer: pointer(...path.map(String)), message }));
    return { ...NOT_UNDERSTOOD, errors };
  } catch {
    return NOT_UNDERSTOOD;
  }
};

const NOT_UNDERSTOOD: Problem = {
  type: 'problem',
  code: 'invalid-message',
  title: 'The message was not understood',
  detail: 'Send subscribe, unsubscribe or ping, as the AsyncAPI document says.',
  retryable: false,
};

const subscribe = async (
  { watches, state }: OperatorDeps,
  connection: WatchingConnection,
  asked: readonly OperatorTopic[],
): Promise<readonly OperatorMessage[]> => {
  const { userId } = connection;
  const known = await Promise.all(asked.map((topic) => isTheirs(state, userId, topic)));
  const topics = asked.filter((_, index) => known[index]);
  const refused = asked.filter((_, index) => !known[index]).map(unknownCall);
  if (topics.length === 0) return refused;
  const watching = await watches.add(connection, topics);
  if (watching === 'gone') return [];
  if (watching === 'too-many') return [...refused, TOO_MANY];
  const states = await Promise.all(topics.map((topic) => stateOf(state, userId, topic)));
  return [...refused, ...states.flat(), { type: 'subscribed', topics: [...watching] }];
};

/** Somebody else's call does not exist for them. */
const isTheirs = async (state: LiveStateDeps, userId: string, topic: OperatorTopic): Promise<boolean> =>
  callOfTopic(topic) === undefined || (await callOfTenant(state, userId, topic)) !== undefined;

const unknownCall = (topic: OperatorTopic): Problem => ({
  type: 'problem',
  code: 'call-not-found',
  title: PROBLEMS['call-not-found'].title,
  detail: 'None of your calls has this id.',
  retryable: false,
  topic,
});

const TOO_MANY: Problem = {
  type: 'problem',
  code: 'too-many-topics',
  title: 'The connection watches as much as it may',
  detail: `A connection watches at most ${MAX_TOPICS} topics. Unsubscribe, or open another one.`,
  retryable: false,
};

const leave = async (
  { watches }: OperatorDeps,
  connection: WatchingConnection,
  topics: readonly OperatorTopic[],
): Promise<readonly OperatorMessage[]> => [
  { type: 'subscribed', topics: [...(await watches.remove(connection, topics))] },
];
