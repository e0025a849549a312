import { describe, expect, it } from 'vitest';
import { createChannel } from '../../shared/kernel/channel.ts';
import { type MediaSocket, twilioTransport } from '../../shared/telephony/twilio-transport.ts';
import type { InboundMessage } from '../../shared/voice/session/transport.ts';
import { virtualClock } from '../voice/support/virtual-clock.ts';

const STREAM = 'MZ00000000000000000000000000000001';

interface Said {
  readonly event: string;
  readonly atMs: number;
  readonly bytes?: number;
  readonly name?: string;
}

/** A stream whose other end notes what it is told, and when. */
const startStream = ({ hangUp = async () => undefined }: { readonly hangUp?: () => Promise<void> } = {}) => {
  const clock = virtualClock(0);
  const inbox = createChannel<unknown>({ limit: 1000, drop: () => false });
  const said: Said[] = [];
  let closed = 0;
  const socket: MediaSocket = {
    messages: inbox.items,
    post: (text) => {
      const message = JSON.parse(text) as { event: string; media?: { payload: string }; mark?: { name: string } };
      said.push({
        event: message.event,
        atMs: clock.now(),
        ...(message.media ? { bytes: Buffer.from(message.media.payload, 'base64').length } : {}),
        ...(message.mark ? { name: message.mark.name } : {}),
      });
    },
    close: async () => {
      closed += 1;
    },
    release: async () => undefined,
  };
  const calls = { hangUp, putThrough: async () => undefined };
  const transport = twilioTransport({ socket, clock, streamSid: STREAM, ...calls, frameMs: 20, leadMs: 200 });
  const heard: InboundMessage[] = [];
  void (async () => {
    for await (const message of transport.messages) heard.push(message);
  })();
  let last = 1;
  const twilio = (event: string, fields: object = {}, number = last + 1): void => {
    last = number;
    inbox.push({ event, streamSid: STREAM, sequenceNumber: String(number), ...fields });
  };
  const media = (byte: number, number?: number) =>
    twilio(
      'media',
      { media: { track: 'inbound', chunk: '1', timestamp: '0', payload: Buffer.of(byte).toString('base64') } },
      number,
    );
  const audioOf = (ms: number, turn = 1) =>
    transport.send({ type: 'audio', epoch: 1, turn, audio: new Uint8Array(ms * 8) });
  return { clock, transport, said, heard, twilio, media, audioOf, inbox, closed: () => closed };
};

const bytesHeard = (heard: readonly InboundMessage[]): number[] =>
  heard.flatMap((message) => (message.type === 'audio' ? [...message.audio] : []));

describe('a phone call over Media Streams', () => {
  it('is spoken to at the pace of speech, 200 ms ahead, with a mark each 200 ms and at the end', async () => {
    const { clock, said, audioOf } = startStream();
    audioOf(1010);
    await clock.advance(0);
    expect(said.filter(({ event }) => event === 'media')).toHaveLength(10);
    await clock.advance(2000);
    const media = said.filter(({ event }) => event === 'media');
    expect(media.reduce((sum, { bytes = 0 }) => sum + bytes, 0)).toBe(1010 * 8);
    expect(Math.max(...media.map(({ bytes = 0 }) => bytes))).toBe(160);
    for (const [index, { atMs }] of media.entries()) expect(index * 20 - atMs).toBeLessThanOrEqual(200);
    expect(said.filter(({ event }) => event === 'mark').map(({ name }) => name)).toEqual([
      '0:1:1:200',
      '0:1:1:400',
      '0:1:1:600',
      '0:1:1:800',
      '0:1:1:1000',
      '0:1:1:1010',
    ]);
  });

  it('reports what was played by its marks; those of before a clear are not believed, nor made afterwards', async () => {
    const { clock, transport, said, heard, twilio, media, audioOf } = startStream();
    for (let number = 2; number < 10; number += 1) media(0, number);
    audioOf(1000);
    await clock.advance(300);
    twilio('mark', { mark: { name: '0:1:1:200' } });
    await clock.advance(50);
    expect(transport.flush({ epoch: 1, turn: 1 })).toEqual({ droppedMs: 650 });
    twilio('mark', { mark: { name: '0:1:1:400' } });
    await clock.advance(1000);
    expect(heard.filter(({ type }) => type !== 'audio')).toEqual([
      { type: 'playback', epoch: 1, turn: 1, playedMs: 200 },
      { type: 'playback', epoch: 1, turn: 1, playedMs: 350 },
    ]);
    const cleared = said.findIndex(({ event }) => event === 'clear');
    expect(said.slice(cleared)).toEqual([{ event: 'clear', atMs: 350 }]);
    audioOf(100, 2);
    await clock.advance(500);
    expect(said.at(-1)).toMatchObject({ event: 'mark', name: '1:1:2:100' });
  });

  it('hears frames and keys once and in the order of their numbers, whatever order they came in', async () => {
    const { clock, heard, twilio, media } = startStream();
    media(10, 2);
    media(12, 4);
    twilio('dtmf', { dtmf: { digit: '7' } }, 3);
    media(12, 4);
    twilio('dtmf', { dtmf: { digit: '#' } }, 6);
    media(13, 5);
    media(14, 7);
    // The first number is not known to an owner: it waits a moment whether a smaller one follows.
    for (let number = 8; number < 16; number += 1) media(number, number);
    await clock.advance(200);
    expect(heard.map((message) => (message.type === 'dtmf' ? message.digits : bytesHeard([message])[0]))).toEqual([
      10,
      '7',
      12,
      13,
      '#',
      14,
      8,
      9,
      10,
      11,
      12,
      13,
      14,
      15,
    ]);
  });

  it('skips a gap within its window and counts it', async () => {
    const { clock, heard, media } = startStream();
    for (let number = 2; number < 12; number += 1) media(number, number);
    for (let number = 14; number < 24; number += 1) media(number, number);
    await clock.advance(0);
    expect(heard.filter(({ type }) => type === 'lost')).toEqual([{ type: 'lost', frames: 2 }]);
    expect(bytesHeard(heard)).toHaveLength(20);
  });

  it('is over when the caller hangs up, and when the connection breaks', async () => {
    const stopped = startStream();
    stopped.twilio('stop', { stop: {} });
    await stopped.clock.advance(0);
    expect(stopped.heard).toEqual([{ type: 'session.end' }]);
    const broken = startStream();
    broken.inbox.end();
    await broken.clock.advance(0);
    expect(broken.heard).toEqual([{ type: 'disconnected' }]);
  });

  it('hears nothing of another stream and nothing it does not understand', async () => {
    const { clock, heard, inbox } = startStream();
    inbox.push({ event: 'connected' });
    inbox.push({ event: 'media', streamSid: 'MZ2', sequenceNumber: '3', media: { chunk: '1', timestamp: '0' } });
    inbox.push({ event: 'media', streamSid: STREAM, sequenceNumber: '3', media: { payload: 'not base64!' } });
    inbox.push(null);
    await clock.advance(500);
    expect(heard).toEqual([]);
  });

  it('really hangs up, and closes the stream also where the provider does not answer', async () => {
    const { transport, said, closed } = startStream({ hangUp: () => Promise.reject(new Error('No answer.')) });
    await expect(transport.close(1000)).rejects.toThrow('No answer.');
    expect({ said: said.map(({ event }) => event), closed: closed() }).toEqual({ said: ['clear'], closed: 1 });
  });
});
