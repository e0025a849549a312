import { describe, expect, it } from 'vitest';
import { silence } from '../../../audio/format.ts';
import { Conversation } from '../../../local/talk/conversation.ts';
import type { ClientMessage, ServerMessage } from '../../../local/talk/messages.ts';

const pcm = (ms: number): string =>
  Buffer.from(silence(ms, { encoding: 'pcm16', sampleRateHertz: 24_000 })).toString('base64');
const question = silence(120, { encoding: 'pcm16', sampleRateHertz: 16_000 }).fill(30);
const ready: ServerMessage = {
  type: 'session.ready',
  callId: '019a5c1e-7d00-7a3b-9c55-2f6d1c0a4b11',
  epoch: 1,
  engine: 'nova-sonic',
  voice: 'tiffany',
  agentName: 'Cozy Comfort',
};
const says = (turn: number, ms: number): ServerMessage => ({ type: 'audio', epoch: 1, turn, audio: pcm(ms) });

/** A conversation on a clock of its own; remembers what was sent when, audio as its number. */
function conversation(asked: Uint8Array | string = question) {
  const printed: string[] = [];
  const sent: [number, string][] = [];
  const talk = new Conversation({ question: asked, print: (line) => printed.push(line) });
  let nowMs = 0;
  const note = (messages: readonly ClientMessage[]): void => {
    for (const message of messages)
      sent.push([nowMs, message.type === 'audio' ? `audio ${message.seq}` : message.type]);
  };
  note(talk.open(nowMs));
  return {
    talk,
    printed,
    sent,
    hears: (message: ServerMessage) => note(talk.hear(message, nowMs)),
    waits: (ms: number) => {
      for (const endMs = nowMs + ms; nowMs < endMs; ) {
        nowMs += 40;
        note(talk.tick(nowMs));
      }
    },
    types: () => [...new Set(sent.map(([, type]) => type.replace(/ .*/, '')))],
    framesSent: () => sent.filter(([, type]) => type.startsWith('audio')).length,
  };
}

describe('a conversation from the terminal', () => {
  it('lets the greeting end, asks, keeps the microphone open for a while, and leaves once it was answered', () => {
    const { talk, hears, waits, sent, printed, framesSent } = conversation();
    hears(ready);
    hears(says(0, 400));
    waits(360);
    expect(framesSent()).toBe(0);
    waits(2000);
    expect(framesSent()).toBe(3 + 38);
    hears({ type: 'transcript', epoch: 1, turn: 1, role: 'user', stage: 'final', text: 'May I return it?' });
    hears(says(1, 1000));
    hears({ type: 'transcript', epoch: 1, turn: 1, role: 'assistant', stage: 'final', text: 'Within 30 days.' });
    waits(3000);
    expect(sent.at(-1)).toEqual([expect.any(Number), 'session.end']);
    hears({ type: 'meter', epoch: 1, costMicroUsd: 3100, elapsedSeconds: 6.2 });
    hears({ type: 'session.ended', reason: 'client-ended' });
    expect({ outcome: talk.outcome, heardMs: talk.recording().length / 48, printed }).toEqual({
      outcome: { answered: true },
      heardMs: 1400,
      printed: [
        'on line Cozy Comfort (nova-sonic, voice tiffany), call 019a5c1e-7d00-7a3b-9c55-2f6d1c0a4b11',
        'you     May I return it?',
        expect.stringMatching(/^latency \d+ ms from the last word to the answer$/),
        'agent   Within 30 days.',
        'cost    $0.0031 for 6 s',
        'ended   client-ended',
      ],
    });
  });

  it('takes an answer for one that comes into the quiet at the end of a recording', () => {
    const { hears, waits, types } = conversation(silence(4000, { encoding: 'pcm16', sampleRateHertz: 16_000 }));
    hears(ready);
    waits(4000);
    hears(says(1, 200));
    waits(7000);
    expect(types()).toContain('session.end');
  });

  it('speaks after three seconds to one who does not greet', () => {
    const { hears, waits, framesSent } = conversation();
    hears(ready);
    waits(2960);
    expect(framesSent()).toBe(0);
    waits(80);
    expect(framesSent()).toBe(2);
  });

  it('types what it was given as text', () => {
    const { hears, waits, types } = conversation('May I return it?');
    hears(ready);
    waits(3200);
    expect(types()).toEqual(['session.start', 'text']);
  });

  it('does not leave while something is looked up', () => {
    const { hears, waits, types } = conversation();
    hears(ready);
    waits(5000);
    hears(says(1, 200));
    hears({ type: 'tool', epoch: 1, toolUseId: 't1', name: 'askAgent', status: 'started' });
    waits(10_000);
    expect(types()).not.toContain('session.end');
    hears({ type: 'tool', epoch: 1, toolUseId: 't1', name: 'askAgent', status: 'finished', durationMs: 900 });
    waits(2100);
    expect(types()).toContain('session.end');
  });

  it('drops at an interruption what was not played, and says how far it got', () => {
    const { talk, hears, waits, sent } = conversation();
    hears(ready);
    hears(says(0, 2000));
    waits(480);
    hears({ type: 'interrupted', epoch: 1, turn: 0 });
    expect({ heardMs: talk.recording().length / 48, last: sent.at(-1) }).toEqual({
      heardMs: 480,
      last: [480, 'playback'],
    });
  });

  it('ignores an owner that was replaced', () => {
    const { talk, hears, waits } = conversation();
    hears(ready);
    hears({ ...says(0, 200), epoch: 2 } as ServerMessage);
    hears(says(0, 5000));
    waits(400);
    expect(talk.recording().length / 48).toBe(200);
  });

  it('tells why it was refused', () => {
    const { talk, hears } = conversation();
    hears({ type: 'problem', title: 'All lines are busy', detail: 'Try again in a minute.', closeCode: 4429 });
    expect(talk.outcome).toEqual({ answered: false, reason: 'All lines are busy Try again in a minute.' });
  });

  it.each([
    [
      'says nothing for a minute',
      (c: ReturnType<typeof conversation>) => c.waits(70_000),
      'Nobody answered for a minute.',
    ],
    [
      'hangs up',
      (c: ReturnType<typeof conversation>) => c.talk.lose('The connection was closed.'),
      'The connection was closed.',
    ],
  ])('has no answer from one who %s', (_what, happens, reason) => {
    const c = conversation();
    c.hears(ready);
    happens(c);
    expect(c.talk.outcome).toEqual({ answered: false, reason });
  });

  it('says its last words again when a new owner of the call asks for them, then goes on', () => {
    const { hears, waits, sent } = conversation();
    hears(ready);
    hears(says(0, 400));
    waits(1000);
    const before = sent.length;
    hears({ ...ready, epoch: 2, resendAfterSeq: 2 });
    waits(120);
    const audio = sent.slice(before).map(([, type]) => type);
    const last = sent.slice(0, before).filter(([, type]) => type.startsWith('audio')).length - 1;
    expect(audio.filter((type) => type !== 'playback')).toEqual(
      [...Array.from({ length: last - 2 }, (_, index) => index + 3), last + 1]
        .slice(0, audio.length)
        .map((seq) => `audio ${seq}`),
    );
  });
});
