import type * as z from 'zod';
import type { MessageDocs } from '../voice/protocol/message-docs.ts';
import type { OperatorMessage, OperatorRequest } from './operator-messages.ts';

type DocsOf<Message extends { readonly type: string }> = {
  readonly [Type in Message['type']]: MessageDocs<Extract<Message, { readonly type: Type }>>;
};

const CALL_ID = '019a5c1e-7d00-7a3b-9c55-2f6d1c0a4b11';
const AGENT_ID = '019a5c1e-7d00-7a3b-9c55-2f6d1c0a4b12';
const AT_MS = 1_795_000_000_000;
/** 20 ms of silence in µ-law. */
const SILENCE = Buffer.alloc(160, 0xff).toString('base64');

/** What people read about the messages of operators. */
export const OPERATOR_REQUEST_DOCS: DocsOf<z.input<typeof OperatorRequest>> = {
  subscribe: {
    summary:
      'Watch topics: `agents`, `calls`, `call:{callId}`, `call:{callId}:audio`; at most 50 a connection. Their present state comes first, then `subscribed`, then whatever happens.',
    example: { type: 'subscribe', topics: ['agents', 'calls', `call:${CALL_ID}`] },
  },
  unsubscribe: {
    summary: 'Watch these no longer; `subscribed` says what is left.',
    example: { type: 'unsubscribe', topics: [`call:${CALL_ID}`] },
  },
  ping: { summary: 'Keeps a quiet connection open; `pong` follows.', example: { type: 'ping', id: '7' } },
};

export const OPERATOR_MESSAGE_DOCS: DocsOf<OperatorMessage> = {
  subscribed: {
    summary: 'All that this connection watches now; the state of what was asked for has been told.',
    example: { type: 'subscribed', topics: ['agents', 'calls'] },
  },
  agent: {
    summary: 'An agent has another status, or its run has come further. An older `revision` than one seen is late.',
    example: {
      type: 'agent',
      agentId: AGENT_ID,
      agentName: 'Cozy Comfort service',
      status: 'creating',
      revision: 7,
      version: 1,
      activeVersion: null,
      statusReason: null,
      provisioning: {
        run: 1,
        status: 'running',
        steps: [{ step: 'CheckCode', status: 'running', attempt: 1, startedAtMs: AT_MS }],
      },
    },
  },
  call: {
    summary: 'A call has begun, changed or ended.',
    example: {
      type: 'call',
      call: {
        callId: CALL_ID,
        agentId: AGENT_ID,
        agentName: 'Cozy Comfort service',
        channel: 'phone',
        direction: 'inbound',
        fromNumber: '+4915112345678',
        toNumber: '+4930901820',
        status: 'active',
        startedAtMs: AT_MS,
        turns: 3,
        costMicroUsd: 18_250,
        answerLatencyMs: 840,
      },
    },
  },
  'call.event': {
    summary:
      'Something has happened in a call. With `seq` it is on record; without (null) it passes: words that may still change, a tool that begins, the meter.',
    example: {
      type: 'call.event',
      callId: CALL_ID,
      event: {
        seq: 4,
        atMs: AT_MS,
        kind: 'transcript',
        turn: 2,
        role: 'user',
        stage: 'final',
        text: 'How long can I return a mattress?',
        via: 'voice',
      },
    },
  },
  'call.events': {
    summary: 'What had happened in a call before it was watched, in order; in one message or several.',
    example: {
      type: 'call.events',
      callId: CALL_ID,
      events: [
        {
          seq: 0,
          atMs: AT_MS,
          kind: 'transcript',
          turn: 0,
          role: 'assistant',
          stage: 'final',
          text: 'Welcome to Cozy Comfort.',
        },
      ],
    },
  },
  'call.audio': {
    summary: 'What is said in a call, as it is heard: µ-law, 8 kHz. A gap in `seq` is sound that was dropped.',
    example: { type: 'call.audio', callId: CALL_ID, seq: 12, role: 'caller', sampleRateHertz: 8000, audio: SILENCE },
  },
  problem: {
    summary: 'Something was wrong, as an RFC 9457 document says it; `topic` is the one that it is about.',
    example: {
      type: 'problem',
      code: 'call-not-found',
      title: 'There is no such call',
      detail: 'None of your calls has this id.',
      retryable: false,
      topic: `call:${CALL_ID}`,
    },
  },
  pong: { summary: 'The answer to `ping`.', example: { type: 'pong', id: '7' } },
};
