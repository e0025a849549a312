import type { OperatorMessage } from '../shared/live/operator-messages.ts';

type Of<Type extends OperatorMessage['type']> = Extract<OperatorMessage, { type: Type }>;
type LiveEvent = Of<'call.event'>['event'];

/** What is told again to whoever comes later. */
export interface Remembered {
  readonly note: (message: OperatorMessage) => void;
  readonly of: (topics: readonly string[]) => readonly OperatorMessage[];
  readonly forget: (topics: readonly string[]) => void;
  /** Before the state of `agents` and `calls` comes anew. */
  readonly forgetTenant: () => void;
}

/** Whether who watches a topic is told a message. A problem without a topic is everybody's. */
export function isOfTopic(topic: string, message: OperatorMessage): boolean {
  switch (message.type) {
    case 'agent':
      return topic === 'agents';
    case 'call':
      return topic === 'calls' || topic === `call:${message.call.callId}`;
    case 'call.event':
    case 'call.events':
      return topic === `call:${message.callId}`;
    case 'call.audio':
      return topic === `call:${message.callId}:audio`;
    case 'subscribed':
      return message.topics.includes(topic);
    case 'problem':
      return message.topic === undefined || message.topic === topic;
    case 'pong':
      return false;
  }
}

/** Keeps the newest word about each agent and call, and all events of a call, as long as somebody watches. */
export function remembering(): Remembered {
  const agents = new Map<string, Of<'agent'>>();
  const calls = new Map<string, Of<'call'>>();
  const events = new Map<string, LiveEvent[]>();
  let subscribed: Of<'subscribed'> | undefined;
  const noteEvents = (callId: string, more: readonly LiveEvent[]): void => {
    const kept = events.get(callId) ?? [];
    kept.push(...more.filter(({ seq }) => seq !== null));
    events.set(callId, kept);
  };
  const ofTopic = (topic: string): readonly OperatorMessage[] => {
    if (topic === 'agents') return [...agents.values()];
    if (topic === 'calls') return [...calls.values()];
    const callId = topic.slice('call:'.length);
    const call = calls.get(callId);
    const happened = events.get(callId) ?? [];
    return [
      ...(call === undefined ? [] : [call]),
      ...(happened.length === 0 ? [] : [{ type: 'call.events' as const, callId, events: [...happened] }]),
    ];
  };
  return {
    note: (message) => {
      if (message.type === 'agent') agents.set(message.agentId, message);
      if (message.type === 'call') calls.set(message.call.callId, message);
      if (message.type === 'call.event') noteEvents(message.callId, [message.event]);
      if (message.type === 'call.events') noteEvents(message.callId, message.events);
      if (message.type === 'subscribed') subscribed = message;
    },
    of: (topics) => {
      const topicsOfAnswer = topics.filter((topic) => subscribed?.topics.includes(topic));
      const answer = topicsOfAnswer.length === 0 ? [] : [{ type: 'subscribed' as const, topics: topicsOfAnswer }];
      return [...topics.flatMap(ofTopic), ...answer];
    },
    forget: (topics) => {
      for (const topic of topics) {
        if (topic === 'agents') agents.clear();
        else if (topic === 'calls') calls.clear();
        else events.delete(topic.slice('call:'.length));
      }
    },
    forgetTenant: () => {
      agents.clear();
      calls.clear();
      subscribed = undefined;
    },
  };
}
