/** A caller who sends stamped frames by the clock and notes when the agent's audio came. */
import { WebSocket } from 'ws';
import { RESEND_MS } from '../../shared/voice/protocol/messages.ts';
import { pacedAudio } from '../../web/voice/paced-audio.ts';
import { nowUs, stampedFrame, stampReader } from './stamp.ts';

const INPUT_BYTES_PER_MS = 32;
const OUTPUT_BYTES_PER_MS = 48;
const PLAYBACK_EVERY_MS = 1000;

/** How to reach one of the ways a call can go. */
export interface Line {
  readonly url: string;
  /** Said first; undefined where the server asks for nothing. */
  readonly opening: object | undefined;
}

/** A piece of the agent's audio. */
export interface Played {
  readonly epoch: number;
  readonly utterance: number;
  readonly seq: number;
  readonly sentUs: number;
  readonly receivedUs: number;
  readonly ms: number;
}

export interface Caller {
  readonly id: number;
  /** The session is ready. Rejects when the connection is refused or closed before. */
  readonly ready: Promise<void>;
  readonly callId: () => string;
  readonly talk: (frameMs: number) => void;
  readonly hush: () => void;
  /** Frames sent since the last `forget`, number and time. */
  readonly sent: readonly (readonly [seq: number, sentUs: number])[];
  readonly played: readonly Played[];
  /** Everything that is no audio. */
  readonly notices: readonly {
    readonly type: string;
    readonly receivedUs: number;
    readonly [field: string]: unknown;
  }[];
  /** Audio that came and has not been played by now, in milliseconds. */
  readonly leadMs: () => number;
  readonly forget: () => void;
  readonly isClosed: () => boolean;
  readonly hangUp: () => Promise<void>;
}

/** A player without a loudspeaker: plays what comes at the speed of the clock. */
function silentPlayer() {
  let playingUntilMs = 0;
  let turn = -1;
  let turnMs = 0;
  const leadMs = (): number => Math.max(0, playingUntilMs - performance.now());
  return {
    leadMs,
    play: (ofTurn: number | undefined, ms: number): void => {
      playingUntilMs = Math.max(playingUntilMs, performance.now()) + ms;
      if (ofTurn !== turn) turnMs = 0;
      turn = ofTurn ?? turn;
      turnMs += ms;
    },
    flush: (): void => {
      playingUntilMs = performance.now();
    },
    /** What a client reports each second; undefined while nothing plays. */
    position: () => (turn >= 0 && leadMs() > 0 ? { turn, playedMs: Math.max(0, turnMs - leadMs()) } : undefined),
  };
}

export function openCaller(id: number, line: Line): Caller {
  const socket = new WebSocket(line.url, { perMessageDeflate: false });
  const ready = Promise.withResolvers<void>();
  const closed = Promise.withResolvers<void>();
  let sent: [number, number][] = [];
  let played: Played[] = [];
  let notices: Caller['notices'][number][] = [];
  let seq = 0;
  let timer: NodeJS.Timeout | undefined;
  const player = silentPlayer();
  let epoch = 0;
  let callId = '';
  let isClosed = false;

  const say = (message: object): void => {
    if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
  };
  // As the talk page: a new owner may ask for the last words once more.
  const words = pacedAudio(say);
  const said: Parameters<typeof words.say>[0][] = [];
  const hearAudio = (message: { audio: string; epoch?: number; turn?: number }, receivedUs: number): void => {
    const audio = Buffer.from(message.audio, 'base64');
    const ms = audio.length / OUTPUT_BYTES_PER_MS;
    player.play(message.turn, ms);
    stampReader(({ source: utterance, seq: number, sentUs }) => {
      played.push({ epoch, utterance, seq: number, sentUs, receivedUs, ms });
    })(audio);
  };
  socket.on('message', (data: Buffer) => {
    const receivedUs = nowUs();
    const message = JSON.parse(data.toString()) as { type: string; audio: string; epoch?: number; turn?: number };
    if ((message.epoch ?? epoch) < epoch) return;
    epoch = message.epoch ?? epoch;
    if (message.type === 'audio') return hearAudio(message, receivedUs);
    notices.push({ ...message, receivedUs });
    if (message.type === 'interrupted') player.flush();
    if (message.type === 'session.ready') {
      const { callId: id = '', resendAfterSeq } = message as { callId?: string; resendAfterSeq?: number };
      callId = id;
      ready.resolve();
      const again = resendAfterSeq === undefined ? [] : said.filter((frame) => frame.seq > resendAfterSeq);
      if (again.length > 0) words.sayAgain(again, 0);
    }
    return undefined;
  });
  socket.on('open', () => {
    if (line.opening) say(line.opening);
  });
  socket.on('error', (error) => ready.reject(error));
  socket.on('unexpected-response', (_request, response) =>
    ready.reject(new Error(`The handshake was answered with ${response.statusCode ?? 0}.`)),
  );
  socket.on('close', (code) => {
    isClosed = true;
    clearTimeout(timer);
    // Whoever was hung up on (a server that was killed) hangs up no more, and would keep the process alive.
    clearInterval(report);
    ready.reject(new Error(`Closed with ${code}: ${JSON.stringify(notices.at(-1))}`));
    closed.resolve();
  });
  ready.promise.catch(() => undefined);

  const report = setInterval(() => {
    const position = player.position();
    if (line.opening && epoch > 0 && position) say({ type: 'playback', epoch, ...position });
  }, PLAYBACK_EVERY_MS);

  return {
    id,
    ready: ready.promise,
    callId: () => callId,
    talk: (frameMs) => {
      const bytes = frameMs * INPUT_BYTES_PER_MS;
      // Callers do not speak in step.
      const startMs = performance.now() + ((id * 7.3) % frameMs);
      let frame = 0;
      const next = (): void => {
        frame += 1;
        timer = setTimeout(next, Math.max(0, startMs + frame * frameMs - performance.now()));
        const sentUs = nowUs();
        const audio = stampedFrame({ source: id, seq, sentUs }, bytes).toString('base64');
        sent.push([seq, sentUs]);
        const one = { type: 'audio', seq, audio } as const;
        said.push(one);
        if (said.length > RESEND_MS / frameMs) said.shift();
        words.say(one, 0);
        seq += 1;
      };
      timer = setTimeout(next, startMs - performance.now());
    },
    hush: () => clearTimeout(timer),
    get sent() {
      return sent;
    },
    get played() {
      return played;
    },
    get notices() {
      return notices;
    },
    leadMs: player.leadMs,
    forget: () => {
      sent = [];
      played = [];
      notices = [];
    },
    isClosed: () => isClosed,
    hangUp: async () => {
      clearTimeout(timer);
      clearInterval(report);
      if (line.opening) say({ type: 'session.end' });
      setTimeout(() => socket.close(), line.opening ? 1500 : 0);
      setTimeout(() => socket.terminate(), 4000).unref();
      await closed.promise;
    },
  };
}
