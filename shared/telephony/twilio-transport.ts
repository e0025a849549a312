import type { AudioFormat } from '../../audio/format.ts';
import { createChannel } from '../kernel/channel.ts';
import { createFrameWindow, FRAME_WINDOW_BOUNDS, type WindowBounds } from '../voice/protocol/frame-window.ts';
import type { SessionClock } from '../voice/session/clock.ts';
import type { InboundMessage, OutboundMessage, VoiceTransport } from '../voice/session/transport.ts';
import { clearMessage, MediaStreamMessage, markMessage, mediaMessage } from './media-stream.ts';
import { createPlayout, type PlayoutPiece } from './playout.ts';

/** One Media Streams connection, whoever holds its socket: the relay posts, the media server writes. */
export interface MediaSocket {
  /** Parsed JSON as Twilio sent it, not yet validated; ends when the connection is down. */
  readonly messages: AsyncIterable<unknown>;
  /** Keeps order, never blocks, never throws. */
  readonly post: (text: string) => void;
  readonly close: () => Promise<void>;
  /** Lets go of the connection without closing it. */
  readonly release: () => Promise<void>;
}

export interface TwilioTransportDependencies {
  readonly socket: MediaSocket;
  readonly clock: SessionClock;
  /** Of the `start` message that the gateway or the server has taken. */
  readonly streamSid: string;
  /** Really ends the phone call (`Calls(sid)` → completed): closing the stream alone would go on with the TwiML. */
  readonly hangUp: () => Promise<void>;
  /** Has the provider ask at once how the phone call goes on (`Calls(sid)` → `Url`). */
  readonly putThrough: () => Promise<void>;
  /** Length of one outgoing message; each costs a carrier the same, however long it is. */
  readonly frameMs: number;
  /** How far the phone may be ahead of what it plays. */
  readonly leadMs: number;
  /** How long frames that came out of order are waited for; those of a carrier that keeps order unless given. */
  readonly window?: WindowBounds;
}

const MULAW: AudioFormat = { encoding: 'mulaw', sampleRateHertz: 8000 };
/** A mark each so often tells how far the phone has played. */
const MARK_EVERY_MS = 200;
/** Ten seconds of 20 ms frames: more than that unread means that nobody reads. */
const INBOX_LIMIT = 500;

/** A phone call over Twilio Media Streams as the session sees any caller. µ-law in, µ-law out. */
export function twilioTransport(dependencies: TwilioTransportDependencies): VoiceTransport {
  const { socket, streamSid, hangUp, putThrough } = dependencies;
  const inbox = createChannel<InboundMessage>({ limit: INBOX_LIMIT, drop: (message) => message.type === 'audio' });
  const outbox = makeOutbox(dependencies, (message) => inbox.push(message));
  void receive(dependencies, inbox.push, outbox.heard).finally(() => {
    inbox.push({ type: 'disconnected' });
    inbox.end();
    outbox.stop();
  });
  return {
    kind: 'twilio',
    input: MULAW,
    output: MULAW,
    messages: inbox.items,
    // A phone hears; everything else the session says is for screens.
    send: (message) => {
      if (message.type === 'audio') outbox.add(message);
    },
    flush: () => outbox.clear(),
    close: async () => {
      outbox.stop();
      socket.post(clearMessage(streamSid));
      try {
        await hangUp();
      } finally {
        // Where the provider's API does not answer, the end of the stream lets its TwiML go on: it hangs up.
        await socket.close();
        inbox.end();
      }
    },
    putThrough: async () => {
      outbox.stop();
      try {
        await putThrough();
      } finally {
        // Where the provider's API does not answer, the end of the stream has it ask the same.
        await socket.close();
        inbox.end();
      }
    },
    release: async () => {
      outbox.stop();
      await socket.release();
      inbox.end();
    },
  };
}

const isLook = (raw: unknown): boolean =>
  typeof raw === 'object' && raw !== null && 'type' in raw && raw.type === 'look';

type Numbered = Exclude<MediaStreamMessage, { event: 'connected' }>;

/** Puts messages in order and turns them into what the session understands; foreign or broken ones are left out. */
async function receive(
  { socket, clock, streamSid, window: bounds = FRAME_WINDOW_BOUNDS }: TwilioTransportDependencies,
  push: (message: InboundMessage) => void,
  heard: (mark: string) => void,
): Promise<void> {
  const window = createFrameWindow<Numbered>(bounds);
  const pass = (message: Numbered): void => {
    if (message.event === 'media') push({ type: 'audio', audio: Buffer.from(message.media.payload, 'base64') });
    else if (message.event === 'dtmf') push({ type: 'dtmf', digits: message.dtmf.digit });
    else if (message.event === 'mark') heard(message.mark.name);
  };
  // An owner does not begin at the first message: the gateway, or an owner before, has had it.
  window.restart();
  for await (const raw of socket.messages) {
    // Not the provider's: somebody outside wants something of the call.
    if (isLook(raw)) push({ type: 'look' });
    const parsed = MediaStreamMessage.safeParse(raw);
    if (!parsed.success || parsed.data.event === 'connected' || parsed.data.streamSid !== streamSid) continue;
    // Who has hung up waits for nothing that may still be on its way.
    if (parsed.data.event === 'stop') push({ type: 'session.end' });
    const { frames, lost } = window.push(parsed.data.sequenceNumber, parsed.data, clock.now());
    if (lost > 0) push({ type: 'lost', frames: lost });
    for (const message of frames) pass(message);
  }
}

/** Paces what the agent says and knows how much of it was played. */
function makeOutbox(
  { socket, clock, streamSid, frameMs, leadMs }: TwilioTransportDependencies,
  report: (message: InboundMessage) => void,
) {
  const playout = createPlayout({ format: MULAW, frameMs, leadMs });
  const over = new AbortController();
  let generation = 0;
  let marked = { turn: -1, endMs: 0 };
  let last: PlayoutPiece | undefined;
  let running = false;

  const post = (piece: PlayoutPiece): void => {
    socket.post(mediaMessage(streamSid, piece.audio));
    if (piece.turn !== marked.turn) marked = { turn: piece.turn, endMs: 0 };
    if (piece.endMs - marked.endMs < MARK_EVERY_MS) return;
    marked = { turn: piece.turn, endMs: piece.endMs };
    socket.post(markMessage(streamSid, markName(generation, piece)));
  };
  /** Where nothing follows for now, the end of what was said is marked, too. */
  const markEnd = (): void => {
    if (over.signal.aborted || last === undefined || last.endMs <= marked.endMs) return;
    marked = { turn: last.turn, endMs: last.endMs };
    socket.post(markMessage(streamSid, markName(generation, last)));
  };
  const run = async (): Promise<void> => {
    running = true;
    while (!over.signal.aborted) {
      const { pieces, againInMs } = playout.take(clock.now());
      for (const piece of pieces) {
        post(piece);
        last = piece;
      }
      if (againInMs === undefined) break;
      await clock.sleep(againInMs, over.signal).catch(() => undefined);
    }
    markEnd();
    running = false;
  };
  return {
    add: (message: Extract<OutboundMessage, { type: 'audio' }>): void => {
      playout.add(message);
      if (!running && !over.signal.aborted) void run();
    },
    clear: (): { droppedMs: number } => {
      generation += 1;
      marked = { turn: -1, endMs: 0 };
      last = undefined;
      socket.post(clearMessage(streamSid));
      const { droppedMs, played } = playout.clear(clock.now());
      if (played !== undefined) report({ type: 'playback', ...played });
      return { droppedMs };
    },
    /** A mark of before a `clear` comes back too, though its audio was never played. */
    heard: (name: string): void => {
      const mark = readMark(name);
      if (mark?.generation !== generation) return;
      report({ type: 'playback', epoch: mark.epoch, turn: mark.turn, playedMs: mark.endMs });
    },
    stop: (): void => over.abort(),
  };
}

const markName = (generation: number, { epoch, turn, endMs }: PlayoutPiece): string =>
  [generation, epoch, turn, Math.round(endMs)].join(':');

const readMark = (name: string) => {
  const [generation, epoch, turn, endMs] = name.split(':').map(Number);
  if (generation === undefined || epoch === undefined || turn === undefined || endMs === undefined) return undefined;
  return Number.isNaN(generation + epoch + turn + endMs) ? undefined : { generation, epoch, turn, endMs };
};
