import { change, type Draft, isConnected, journal, tell } from './draft.ts';
import { finish } from './ending.ts';
import { announce, greet } from './greeting.ts';
import { SESSION_LIMITS } from './session-limits.ts';
import { isSpeaking, played, settleSpeech } from './speech.ts';
import { wishAgent } from './switching.ts';
import type { InboundMessage } from './transport.ts';
import { askEngine, callerWords } from './turns.ts';

type Message = Exclude<InboundMessage, { type: 'audio' | 'look' }>;

/** What the client says, apart from its audio. */
export function clientMessage(draft: Draft, message: Message): void {
  switch (message.type) {
    case 'session.start':
      wishes(draft, message);
      return;
    case 'text':
      callerWords(draft, message.text, 'text');
      return;
    case 'dtmf':
      keys(draft, message.digits);
      return;
    case 'playback':
      played(draft, message);
      return;
    case 'lost':
      framesLost(draft, message.frames);
      return;
    case 'disconnected':
      disconnected(draft);
      return;
    case 'session.resume':
      resumed(draft, message.resumeToken);
      return;
    case 'session.switchAgent':
      wishAgent(draft, message.agentId);
      return;
    case 'session.end':
      finish(draft, 'client-ended');
      return;
    case 'ping':
      draft.effects.push({
        type: 'send',
        message: { type: 'pong', ...(message.id !== undefined && { id: message.id }) },
      });
  }
}

/** Wishes reach the session itself where no gateway took them; they hold for streams opened from now on. */
function wishes(draft: Draft, message: Extract<Message, { type: 'session.start' }>): void {
  if (draft.state.phase !== 'claiming' && draft.state.phase !== 'describing') return;
  const { client } = draft.state;
  change(draft, 'client', {
    voice: message.voice ?? client.voice,
    language: message.language ?? client.language,
    recordingConsent: message.recordingConsent,
    contextOverride: message.contextOverride ?? client.contextOverride,
  });
}

/** Keys come one by one on a phone: gathered until `#` or a pause. */
function keys(draft: Draft, digits: string): void {
  const before = draft.state.client.keys?.digits ?? '';
  change(draft, 'client', { keys: { digits: (before + digits).slice(0, 64), lastAtMs: draft.nowMs } });
  if (digits.endsWith('#')) keysDone(draft);
}

function keysDone(draft: Draft): void {
  const { keys: pressed } = draft.state.client;
  if (!pressed) return;
  change(draft, 'client', { keys: undefined });
  callerWords(draft, `I pressed ${pressed.digits.split('').join(' ')} on the keypad.`, 'dtmf');
}

/** Losses are told at once, but not again and again; the record has them summed. */
function framesLost(draft: Draft, frames: number): void {
  const { lostFrames, lostSinceMs } = draft.state.journal;
  if (frames <= 0) return;
  if (lostSinceMs === undefined) {
    tell(draft, { type: 'warning', code: 'audio-lost', message: 'Some of your audio did not arrive.' });
  }
  change(draft, 'journal', { lostFrames: lostFrames + frames, lostSinceMs: lostSinceMs ?? draft.nowMs });
}

/** The connection is down. What the caller did not get to hear is owed to him when he comes back. */
function disconnected(draft: Draft): void {
  if (!isConnected(draft.state)) return;
  // A phone comes back by no other connection: who is gone has hung up.
  if (draft.state.setup.transport === 'twilio') {
    finish(draft, 'client-ended');
    return;
  }
  const { talk, speech } = draft.state;
  const wasSpeaking = isSpeaking(draft.state, draft.nowMs);
  const owed = wasSpeaking && speech.turn === talk.turn && talk.question !== undefined ? talk.question : undefined;
  if (wasSpeaking) {
    const ids = [...speech.parts.map(({ responseId }) => responseId), ...(speech.response ? [speech.response.id] : [])];
    change(draft, 'speech', { cut: [...new Set([...speech.cut, ...ids])].slice(-8), response: undefined });
    settleSpeech(draft);
  }
  change(draft, 'client', { lostAtMs: draft.nowMs });
  if (owed !== undefined && !draft.state.talk.unanswered) {
    const sinceMs = draft.nowMs;
    change(draft, 'talk', { unanswered: { text: owed, sinceMs, answerBegun: false, nudged: false } });
  }
  change(draft, 'talk', { isSpeaking: false });
}

/** The same client on a new connection; a wrong token changes nothing. */
function resumed(draft: Draft, resumeToken: string): void {
  const { briefing, talk, speech, tools } = draft.state;
  const wasLost = !isConnected(draft.state);
  if (!briefing || resumeToken !== briefing.resumeToken) {
    refuseResume(draft);
    return;
  }
  change(draft, 'client', { lostAtMs: undefined, connectedSinceMs: draft.nowMs, renewalWarned: false });
  change(draft, 'talk', { activeAtMs: draft.nowMs });
  announce(draft);
  // A client that changes connections in good time has missed nothing.
  if (!wasLost) return;
  draft.effects.push({ type: 'flush', turn: speech.turn });
  if (talk.unanswered && tools.length === 0 && !speech.response) {
    change(draft, 'talk', {
      unanswered: { ...talk.unanswered, sinceMs: draft.nowMs, answerBegun: false, nudged: false },
    });
    askEngine(draft, talk.unanswered.text);
  } else if (talk.turn === 0 && talk.history.length === 0 && draft.state.streams.current && !speech.response) {
    greet(draft);
  }
}

function refuseResume(draft: Draft): void {
  draft.effects.push({
    type: 'send',
    message: {
      type: 'problem',
      code: 'resume-refused',
      title: 'The call cannot be resumed',
      detail: 'The resume token is not the one of this call.',
      retryable: false,
    },
  });
}

export function connectionTick(draft: Draft): void {
  const { client, setup, journal: record } = draft.state;
  const { nowMs } = draft;
  if (client.keys && nowMs - client.keys.lastAtMs >= SESSION_LIMITS.keysPauseMs) keysDone(draft);
  if (record.lostSinceMs !== undefined && nowMs - record.lostSinceMs >= 10_000 && record.lostFrames > 0) {
    journal(draft, { kind: 'audio-lost', frames: record.lostFrames });
    change(draft, 'journal', { lostFrames: 0, lostSinceMs: undefined });
  }
  if (client.lostAtMs !== undefined) {
    if (nowMs - client.lostAtMs >= SESSION_LIMITS.resumeWithinMs) finish(draft, 'client-gone');
    return;
  }
  const age = nowMs - client.connectedSinceMs;
  if (setup.transport === 'relay' && !client.renewalWarned && age >= SESSION_LIMITS.connectionRenewalMs) {
    change(draft, 'client', { renewalWarned: true });
    const message = 'This connection ends in ten minutes: open another one and resume the call on it.';
    tell(draft, { type: 'warning', code: 'connection-renewal', message, withinSeconds: 600 });
  }
}
