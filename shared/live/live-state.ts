import type { Agent } from '../agents/agent.ts';
import type { AgentStore } from '../agents/agent-store.ts';
import { asOf } from '../calls/as-of.ts';
import { type Call, CallId } from '../calls/call.ts';
import type { CallStore } from '../calls/call-store.ts';
import type { ControlStore } from '../control/control-store.ts';
import type { Clock } from '../kernel/clock.ts';
import { AgentId, UserId } from '../kernel/ids.ts';
import { agentMessage } from './agent-message.ts';
import { recordedEvents } from './list-call-events.ts';
import { latencyIn, liveCallView } from './live-call-view.ts';
import type { LiveEvent } from './live-views.ts';
import type { OperatorMessage } from './operator-messages.ts';
import { callOfTopic, callTopic, type OperatorTopic } from './topics.ts';

export interface LiveStateDeps {
  readonly agents: Pick<AgentStore, 'find' | 'list'>;
  readonly calls: Pick<CallStore, 'find' | 'list' | 'entries'>;
  readonly control: Pick<ControlStore, 'controller'>;
  readonly clock: Clock;
}

/** Agents on which a run is at work. */
const AT_WORK = ['creating', 'updating', 'deleting'] as const;
const GOING_ON = ['queued', 'ringing', 'starting', 'active'] as const satisfies readonly Call['status'][];
/** Of agents at work, and of calls in each status: more are found in the listings. */
const MOST = 100;
/** Of a message with events of a call, in characters: a frame of 32 KB holds it. */
const MOST_CHARACTERS = 24_000;

/** What a tenant's call is, or undefined for somebody else's. */
export const callOfTenant = (
  { calls }: Pick<LiveStateDeps, 'calls'>,
  userId: string,
  topic: OperatorTopic,
): Promise<Call | undefined> => calls.find({ userId, callId: CallId.parse(callOfTopic(topic)) });

/** How things stand with a topic, as the messages an operator would have had by now. Sound has no past. */
export const stateOf = async (
  deps: LiveStateDeps,
  userId: string,
  topic: OperatorTopic,
): Promise<readonly OperatorMessage[]> => {
  if (topic === 'agents') return agentsAtWork(deps, UserId.parse(userId));
  if (topic === 'calls') return callsGoingOn(deps, userId);
  const call = await callOfTenant(deps, userId, topic);
  return call === undefined || topic !== callTopic(call.callId) ? [] : stateOfCall(deps, call);
};

const agentsAtWork = async ({ agents }: LiveStateDeps, userId: UserId): Promise<readonly OperatorMessage[]> => {
  const pages = await Promise.all(AT_WORK.map((status) => agents.list({ userId, status, limit: MOST })));
  const found = await Promise.all(
    pages.flatMap((page) => page.agents.map(({ agentId }) => agents.find({ userId, agentId }))),
  );
  return found.filter((agent): agent is Agent => agent !== undefined).map(agentMessage);
};

const callsGoingOn = async (deps: LiveStateDeps, userId: string): Promise<readonly OperatorMessage[]> => {
  const pages = await Promise.all(GOING_ON.map((status) => deps.calls.list({ userId, status, limit: MOST })));
  const nowMs = deps.clock.now();
  const calls = pages
    .flatMap((page) => page.calls)
    .map((call) => asOf(call, nowMs))
    .filter(({ status }) => GOING_ON.some((one) => one === status));
  const [names, controllers] = await Promise.all([
    agentNames(deps, calls),
    Promise.all(calls.map(({ callId }) => deps.control.controller(callId))),
  ]);
  return calls.map((call, index) => ({
    type: 'call',
    call: liveCallView(call, { agentName: names.get(call.agentId) ?? '', controller: controllers[index] }, nowMs),
  }));
};

const agentNames = async (
  { agents }: LiveStateDeps,
  calls: readonly Pick<Call, 'userId' | 'agentId'>[],
): Promise<ReadonlyMap<string, string>> => {
  const keys = [...Map.groupBy(calls, ({ agentId }) => agentId).values()].flatMap(([call]) => call ?? []);
  const found = await Promise.all(
    keys.map(({ userId, agentId }) => agents.find({ userId: UserId.parse(userId), agentId: AgentId.parse(agentId) })),
  );
  return new Map(found.flatMap((agent) => (agent === undefined ? [] : [[agent.agentId as string, agent.agentName]])));
};

const stateOfCall = async (deps: LiveStateDeps, found: Call): Promise<readonly OperatorMessage[]> => {
  const nowMs = deps.clock.now();
  const call = asOf(found, nowMs);
  const [names, entries, controller] = await Promise.all([
    agentNames(deps, [call]),
    deps.calls.entries(call),
    deps.control.controller(call.callId),
  ]);
  const facts = { agentName: names.get(call.agentId) ?? '', controller, answerLatencyMs: latencyIn(entries) };
  const events = recordedEvents(call, entries);
  return [
    { type: 'call', call: liveCallView(call, facts, nowMs) },
    ...inMessages(events).map((some): OperatorMessage => ({ type: 'call.events', callId: call.callId, events: some })),
  ];
};

/** Events in as few messages as will hold them, in order. */
const inMessages = (events: readonly LiveEvent[]): readonly LiveEvent[][] => {
  const messages: LiveEvent[][] = [];
  let room = 0;
  for (const event of events) {
    const length = JSON.stringify(event).length;
    if (length > room) {
      messages.push([]);
      room = MOST_CHARACTERS;
    }
    messages.at(-1)?.push(event);
    room -= length;
  }
  return messages;
};
