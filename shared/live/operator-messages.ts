import * as z from 'zod';
import { AGENT_STATUSES } from '../agents/agent.ts';
import { LISTEN_SAMPLE_RATE_HERTZ, MAX_TOPICS } from './live-limits.ts';
import { LiveCallView, LiveEvent } from './live-views.ts';

/**
 * What an operator's program and we say to each other over a connection of the WebSocket API that a ticket of
 * `POST /operator-tickets` has opened. One JSON object a text frame; `type` tells them apart.
 *
 * A subscription is answered with the present state of its topics, then `subscribed`, and from then on whatever
 * happens. State and stream may overlap, never leave a hole: an event with a `seq` that was seen before is the same one.
 * After a lost connection: connect anew, subscribe again; what of a call was missed is in the state, and also in
 * `GET /calls/{callId}/events?after={seq}`.
 */

/**
 * `agents`: all of the tenant, their statuses and steps of provisioning. `calls`: calls begun, changed and ended.
 * `call:{callId}`: everything that happens in one. `call:{callId}:audio`: what is said in it.
 */
const OperatorTopic = z
  .string()
  .regex(
    /^(?:agents|calls|call:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?::audio)?)$/,
    'A topic is agents, calls, call:{callId} or call:{callId}:audio.',
  );

const Topics = z.array(OperatorTopic).min(1).max(MAX_TOPICS);

export const OperatorRequest = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('subscribe'), topics: Topics }),
  z.strictObject({ type: z.literal('unsubscribe'), topics: Topics }),
  z.strictObject({ type: z.literal('ping'), id: z.string().max(64).optional() }),
]);
export type OperatorRequest = z.output<typeof OperatorRequest>;

const StepView = z.object({
  step: z.string(),
  status: z.enum(['running', 'succeeded', 'failed']),
  attempt: z.int().min(1),
  startedAtMs: z.int(),
  endedAtMs: z.int().optional(),
  detail: z.string().optional(),
  code: z.string().optional(),
});

/** An agent has another status, or its run has come further. */
const AgentMessage = z.strictObject({
  type: z.literal('agent'),
  agentId: z.uuid(),
  agentName: z.string(),
  status: z.enum(AGENT_STATUSES),
  /** Grows with each write of the agent: a message with a smaller one than seen before is late and says nothing new. */
  revision: z.int().nonnegative(),
  version: z.int().min(1),
  activeVersion: z.int().min(1).nullable(),
  statusReason: z.object({ code: z.string(), message: z.string(), step: z.string().optional() }).nullable(),
  provisioning: z.object({
    run: z.int().min(1),
    status: z.enum(['awaiting-uploads', 'running', 'succeeded', 'failed']),
    /** Those that have begun, in the order of the workflow. */
    steps: z.array(StepView),
  }),
});

const Subscribed = z.strictObject({
  type: z.literal('subscribed'),
  /** All that this connection watches now; the state of what was asked for has been sent. */
  topics: z.array(z.string()),
});

const CallMessage = z.strictObject({ type: z.literal('call'), call: LiveCallView });

const CallEvent = z.strictObject({ type: z.literal('call.event'), callId: z.uuid(), event: LiveEvent });

/** What has happened in a call before it was watched: in order, in one message or several. */
const CallEvents = z.strictObject({ type: z.literal('call.events'), callId: z.uuid(), events: z.array(LiveEvent) });

const CallAudio = z.strictObject({
  type: z.literal('call.audio'),
  callId: z.uuid(),
  /** Grows by one with each message of a call's owner; a gap is sound that was dropped, a smaller one a new owner. */
  seq: z.int().nonnegative(),
  role: z.enum(['caller', 'agent']),
  sampleRateHertz: z.literal(LISTEN_SAMPLE_RATE_HERTZ),
  /** µ-law (ITU-T G.711), mono, base64; a byte a sample. To be played at once: it comes as fast as it is spoken. */
  audio: z.base64(),
});

/** As an RFC 9457 document. `topic`: the one that it is about; others are not affected. */
const Problem = z.strictObject({
  type: z.literal('problem'),
  code: z.string(),
  title: z.string(),
  detail: z.string(),
  retryable: z.boolean(),
  topic: z.string().optional(),
  errors: z.array(z.strictObject({ pointer: z.string(), message: z.string() })).optional(),
});

const Pong = z.strictObject({ type: z.literal('pong'), id: z.string().optional() });

export const OperatorMessage = z.discriminatedUnion('type', [
  Subscribed,
  AgentMessage,
  CallMessage,
  CallEvent,
  CallEvents,
  CallAudio,
  Problem,
  Pong,
]);
export type OperatorMessage = z.output<typeof OperatorMessage>;
