import { setTimeout as sleep } from 'node:timers/promises';
import { bytesPerMs, silence } from '../../../audio/format.ts';
import { joinBytes } from '../../../audio/pcm.ts';
import type { Speech } from '../../../local/speech/speech.ts';
import type { ServerMessage } from '../../../shared/voice/protocol/messages.ts';
import { openClient, type TestClient } from '../../voice/support/test-client.ts';
import { makePlayer } from './player.ts';
import type { Ticket } from './talk.ts';

export type Message<Type extends ServerMessage['type']> = Extract<ServerMessage, { type: Type }>;

/** Somebody on the line: plays what comes as long as it takes, reports it, and speaks at the pace of speech. */
export interface Caller extends Pick<TestClient, 'send' | 'sendRaw' | 'closed' | 'cut' | 'pause'> {
  /** Of every connection of this caller, in order; what an earlier owner sent after a later one is left out, as clients do. */
  readonly heard: readonly ServerMessage[];
  readonly client: () => TestClient;
  /** Starts the call; resolves when it is on the line. */
  readonly start: (extra?: object) => Promise<Message<'session.ready'>>;
  /** Opens another connection and goes on with the call there; of a direct call the ticket is the first one. */
  readonly resume: (again?: Ticket) => Promise<Message<'session.ready'>>;
  readonly type: (text: string) => void;
  /** PCM16 at 16 kHz, in frames of 100 ms as they are spoken; then quiet, as of an open microphone. */
  readonly say: (pcm: Uint8Array) => Promise<void>;
  /** The first message from now on, or from an index of `heard`. */
  readonly next: <Type extends ServerMessage['type']>(
    type: Type,
    matches?: (message: Message<Type>) => boolean,
    from?: number,
  ) => Promise<Message<Type>>;
  /** The final text of an assistant's turn that matches. */
  readonly answer: (pattern: RegExp, from?: number) => Promise<Message<'transcript'>>;
  /** Resolves when the loudspeaker is silent. */
  readonly quiet: () => Promise<void>;
  /** Resolves when so much of a turn was played. */
  readonly hearing: (turn: number, ms: number) => Promise<void>;
  /** PCM16 at 24 kHz of what was played from here on. */
  readonly played: () => Uint8Array;
  /** All that was heard but sound, for whoever reads why a test failed. */
  readonly story: () => string;
  readonly leave: () => Promise<Message<'session.ended'>>;
  readonly hangUp: () => void;
}

/** The longest there may be: the fewest functions to run, where several tests share two cores. */
const FRAME_MS = 100;
const QUIET_AFTER_MS = 1600;
const FORMAT = { encoding: 'pcm16', sampleRateHertz: 16_000 } as const;

/** Connects with a ticket; nothing is said yet. Rejects with the status of a refused handshake. */
export async function dial(ticket: Ticket, headers: Record<string, string> = {}): Promise<Caller> {
  const player = makePlayer();
  const heard: ServerMessage[] = [];
  let changed = Promise.withResolvers<void>();
  let epoch = 0;
  let seq = 0;
  let lastSeq = -1;
  const gone = new Set<TestClient>();

  /** A promise that is resolved already would be waited for without end, and nothing else would ever run. */
  const wake = (): void => {
    changed.resolve();
    changed = Promise.withResolvers();
  };
  const hear = (message: ServerMessage): void => {
    if ('epoch' in message) {
      if (message.epoch < epoch) return;
      epoch = message.epoch;
    }
    heard.push(message);
    const now = performance.now();
    if (message.type === 'audio') {
      lastSeq = message.seq;
      player.play({ ...message, pcm: Buffer.from(message.audio, 'base64') }, now);
    }
    if (message.type === 'interrupted') {
      player.flush(now);
      report();
    }
    wake();
  };
  const connect = (address: string): Promise<TestClient> =>
    openClient(address, headers, hear).then((opened) => {
      // Whoever waits learns that nothing more will come.
      void opened.closed.then(() => {
        gone.add(opened);
        wake();
      });
      return opened;
    });
  const report = (): void => {
    const played = player.played(performance.now());
    if (played) client.send({ type: 'playback', ...played });
  };
  let client = await connect(ticket.webSocketUrl);
  const reporting = setInterval(() => {
    if (player.isPlaying(performance.now() - 250)) report();
  }, 250);
  void client.closed.then(() => clearInterval(reporting));
  const credential = ({ transport, ticket: secret }: Ticket) => (transport === 'direct' ? { ticket: secret } : {});

  const next: Caller['next'] = async (type, matches = () => true, from = heard.length) => {
    for (let at = from; ; ) {
      for (; at < heard.length; at++) {
        const message = heard[at] as Message<typeof type>;
        if (message.type === type && matches(message)) return message;
      }
      if (gone.has(client)) throw new Error(`Closed before a ${type} came: ${told(heard)}`);
      await changed.promise;
    }
  };
  const caller: Caller = {
    heard,
    client: () => client,
    send: (message) => client.send(message),
    sendRaw: (data) => client.sendRaw(data),
    cut: () => client.cut(),
    pause: () => client.pause(),
    get closed() {
      return client.closed;
    },
    start: (extra = {}) => {
      client.send({ type: 'session.start', ...credential(ticket), ...extra });
      return next('session.ready');
    },
    resume: async (again = ticket) => {
      const ready = heard.findLast((message) => message.type === 'session.ready');
      if (!ready) throw new Error('There is no call to resume.');
      const from = heard.length;
      client = await connect(again.webSocketUrl);
      client.send({
        type: 'session.resume',
        callId: ready.callId,
        resumeToken: ready.resumeToken,
        lastPlayedSeq: lastSeq,
        ...credential(again),
      });
      return next('session.ready', () => true, from);
    },
    type: (text) => client.send({ type: 'text', text }),
    say: async (pcm) => {
      const length = FRAME_MS * bytesPerMs(FORMAT);
      const spoken = joinBytes([pcm, silence(QUIET_AFTER_MS, FORMAT)]);
      const startMs = performance.now();
      for (let at = 0; at + length <= spoken.length; at += length) {
        const audio = Buffer.from(spoken.subarray(at, at + length)).toString('base64');
        client.send({ type: 'audio', seq: seq++, audio });
        await sleep(Math.max(0, startMs + (at / length + 1) * FRAME_MS - performance.now()));
      }
    },
    next,
    answer: (pattern, from) =>
      next(
        'transcript',
        ({ role, stage, text }) => role === 'assistant' && stage === 'final' && pattern.test(text),
        from,
      ),
    quiet: async () => {
      while (player.isPlaying(performance.now())) await sleep(50);
      report();
    },
    hearing: async (turn, ms) => {
      const enough = (): boolean => {
        const played = player.played(performance.now());
        return played?.turn === turn && played.playedMs >= ms;
      };
      while (!enough()) await sleep(50);
    },
    played: () => player.recording(),
    story: () => told(heard),
    leave: () => {
      const ended = next('session.ended');
      client.send({ type: 'session.end' });
      return ended;
    },
    hangUp: () => {
      clearInterval(reporting);
      client.cut();
    },
  };
  return caller;
}

const told = (heard: readonly ServerMessage[]): string =>
  heard
    .filter(({ type }) => type !== 'audio' && type !== 'meter')
    .map((message) => JSON.stringify(message))
    .join('\n');

/** The words of a clip, as an ear hears them. */
export async function wordsOf(
  speech: Speech,
  pcm: Uint8Array,
  sampleRateHertz: 8000 | 16_000 | 24_000,
): Promise<string> {
  const ear = speech.openEar({ sampleRateHertz, endOfTurnMs: 1000 });
  const format = { encoding: 'pcm16', sampleRateHertz } as const;
  const frame = FRAME_MS * bytesPerMs(format);
  const all = joinBytes([pcm, silence(2000, format)]);
  for (let at = 0; at < all.length; at += frame) ear.accept(all.subarray(at, at + frame));
  for await (const event of ear.events) {
    if (event.type !== 'utterance') continue;
    ear.close();
    return event.text;
  }
  throw new Error('The ear heard nothing.');
}

/** A caller's voice that recognizers understand well: PCM16 at 16 kHz. */
export const voiceOf = async (speech: Speech, words: string): Promise<Uint8Array> =>
  joinBytes(await Array.fromAsync(speech.speak(words, { voice: 'rms', sampleRateHertz: 16_000 })));
