import type * as z from 'zod';
import type { ClientMessage, ServerMessage } from './messages.ts';

/** What people read about a message: a sentence, and an example that is checked against the schema. */
export interface MessageDocs<Message> {
  readonly summary: string;
  readonly example: Message;
}

type DocsOf<Message extends { readonly type: string }> = {
  readonly [Type in Message['type']]: MessageDocs<Extract<Message, { readonly type: Type }>>;
};

const CALL_ID = '019a5c1e-7d00-7a3b-9c55-2f6d1c0a4b11';
const RESUME_TOKEN = 'q1bX7v0Zc5mT2kR9sL4wYh8dJ6nPaE3fUiGoQxVtBzM';
const OTHER_AGENT = '019a5c1e-7d00-7a3b-9c55-2f6d1c0a4b12';
/** 20 ms of silence at 8 kHz. */
const SILENCE = 'AAAA'.repeat(106).concat('AAA=');

export const CLIENT_MESSAGE_DOCS: DocsOf<z.input<typeof ClientMessage>> = {
  'session.start': {
    summary: 'Begins the call: the first message of a connection. What it leaves out is as the agent’s settings say.',
    example: {
      type: 'session.start',
      inputSampleRateHertz: 16_000,
      outputSampleRateHertz: 24_000,
      language: 'en-US',
      contextOverride: { customerName: 'Ann', orderNumber: '4711' },
      recordingConsent: false,
    },
  },
  audio: {
    summary:
      'What the microphone hears, 20 to 100 ms a frame. Frames may arrive out of order or twice; a frame that is missing is skipped, never waited for. Silence may be left out.',
    example: { type: 'audio', seq: 0, audio: SILENCE },
  },
  text: {
    summary: 'Types instead of speaking. It interrupts like speech.',
    example: { type: 'text', text: 'How long can I return a mattress?' },
  },
  dtmf: { summary: 'Keys of a telephone.', example: { type: 'dtmf', digits: '1' } },
  'session.resume': {
    summary:
      'Goes on with a call over a new connection, within a minute of losing the old one, or before it ends after two hours.',
    example: { type: 'session.resume', callId: CALL_ID, resumeToken: RESUME_TOKEN, lastPlayedSeq: 411 },
  },
  playback: {
    summary: 'How far playing has got: every second while something plays, and at once after `interrupted`.',
    example: { type: 'playback', epoch: 1, turn: 3, playedMs: 1840 },
  },
  'session.switchAgent': {
    summary:
      'Goes on with another agent, the conversation kept: `session.agentSwitched` follows, or a `problem` that points at `/agentId` and changes nothing. Not with a key, which is good for its own agent only. May be sent again.',
    example: { type: 'session.switchAgent', agentId: OTHER_AGENT },
  },
  'session.end': { summary: 'Hangs up.', example: { type: 'session.end' } },
  ping: { summary: 'Keeps a quiet connection open; `pong` follows.', example: { type: 'ping', id: '7' } },
};

export const SERVER_MESSAGE_DOCS: DocsOf<ServerMessage> = {
  'session.ready': {
    summary:
      'The call has begun, or goes on, with these terms. The greeting follows. With `resendAfterSeq` a new session owner asks for the caller’s last words again.',
    example: {
      type: 'session.ready',
      callId: CALL_ID,
      resumeToken: RESUME_TOKEN,
      epoch: 2,
      engine: 'nova-sonic',
      voice: 'tiffany',
      language: 'en-US',
      outputSampleRateHertz: 24_000,
      agentName: 'Cozy Comfort service',
      resendAfterSeq: 411,
    },
  },
  'session.agentSwitched': {
    summary:
      'Another agent has the call from now on, as `session.switchAgent` asked; it says who it is. It is on record by then, and no change of owner undoes it.',
    example: {
      type: 'session.agentSwitched',
      epoch: 1,
      agentId: OTHER_AGENT,
      agentName: 'Cozy Comfort billing',
      engine: 'nova-sonic',
      voice: 'matthew',
      language: 'en-US',
    },
  },
  'session.queued': {
    summary: 'All lines are taken: the caller keeps its place by staying connected.',
    example: { type: 'session.queued', position: 2 },
  },
  audio: {
    summary: 'What the agent says. To be played gaplessly in the order of `seq`.',
    example: { type: 'audio', epoch: 1, seq: 0, turn: 0, audio: SILENCE },
  },
  transcript: {
    summary: 'What was said. A final text replaces what was speculative of the same turn and role.',
    example: {
      type: 'transcript',
      epoch: 1,
      turn: 1,
      role: 'assistant',
      stage: 'final',
      text: 'You can return a mattress within 100 nights.',
    },
  },
  interrupted: {
    summary: 'The caller cut the agent off: drop everything not played yet, now.',
    example: { type: 'interrupted', epoch: 1, turn: 3 },
  },
  tool: {
    summary: 'The agent looks something up or does something.',
    example: {
      type: 'tool',
      epoch: 1,
      turn: 1,
      toolUseId: 'tooluse_1',
      name: 'searchKnowledge',
      status: 'finished',
      durationMs: 412,
    },
  },
  handoff: {
    summary: 'A person shall take over.',
    example: {
      type: 'handoff',
      epoch: 1,
      reason: 'Refund above 200 euros',
      summary: 'Ann wants to return order 4711, a mattress of 890 euros.',
    },
  },
  warning: {
    summary: 'Something the client should know, or act on: `connection-renewal` asks for a new connection.',
    example: {
      type: 'warning',
      epoch: 1,
      code: 'connection-renewal',
      message: 'This connection ends soon: open a new one and resume.',
      withinSeconds: 600,
    },
  },
  meter: {
    summary: 'Every few seconds: what the call has cost and how fast it answers.',
    example: { type: 'meter', epoch: 1, costMicroUsd: 18_250, answerLatencyMs: 840, elapsedSeconds: 65 },
  },
  'session.ended': {
    summary: 'The call is over; the connection is closed next.',
    example: { type: 'session.ended', epoch: 1, reason: 'client-ended', callId: CALL_ID },
  },
  problem: {
    summary: 'Something was wrong, as an RFC 9457 document says it. With `closeCode` the connection is closed next.',
    example: {
      type: 'problem',
      code: 'invalid-message',
      title: 'The message was not understood',
      detail: '1 place needs a change.',
      retryable: false,
      errors: [{ pointer: '/seq', message: 'Expected number.' }],
    },
  },
  pong: { summary: 'The answer to `ping`.', example: { type: 'pong', id: '7' } },
};
