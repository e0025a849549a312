import { type ClientMessage, INPUT_HERTZ, OUTPUT_HERTZ, type ServerMessage } from './messages.ts';
import { FRAME_MS, type Frame, framesOf } from './microphone.ts';
import { costLine, narrate } from './narration.ts';
import { makePlayer } from './player.ts';

/** How long a greeting is waited for before the caller speaks. */
const GREETING_WAIT_MS = 3000;
/** Nothing more said, played or looked up for so long: the answer is complete. */
const ANSWERED_AFTER_MS = 2000;
/** A call that stays silent for so long has failed. */
const NO_ANSWER_AFTER_MS = 60_000;
/** How long the other side may take to say good-bye. */
const GOODBYE_WAIT_MS = 5000;
const PLAYBACK_EVERY_MS = 1000;
/** Of its last words a client keeps 15 s, should a new owner of the call ask for them. */
const KEPT_FRAMES = 15_000 / FRAME_MS;
/** Eight times as fast as they were spoken. */
const FRAMES_AGAIN = 8;

export interface ConversationOptions {
  /** PCM16 at 16 kHz, or words to type. */
  readonly question: Uint8Array | string;
  /** Of the direct transport. */
  readonly ticket?: string | undefined;
  /** A line for the person at the terminal. */
  readonly print: (line: string) => void;
}

/** How a call ended. */
export type Outcome = { readonly answered: true } | { readonly answered: false; readonly reason: string };

type Of<Type extends ServerMessage['type']> = Extract<ServerMessage, { type: Type }>;

/**
 * One question and its answer over the voice protocol, without socket and clock: greeting, question, answer, good-bye.
 * Times are milliseconds of any clock that goes forward; what the methods return is to be sent.
 */
export class Conversation {
  readonly #question: Uint8Array | string;
  readonly #ticket: string | undefined;
  readonly #print: (line: string) => void;
  readonly #frames: Frame[];
  readonly #player = makePlayer();
  readonly #lookups = new Set<string>();
  #phase: 'connecting' | 'greeting' | 'talking' | 'leaving' = 'connecting';
  /** When something was last said, played or looked up. */
  #activeMs = 0;
  #reportedMs = 0;
  #epoch = 0;
  /** The frame to be sent next, and the one to be sent again next. */
  #seq = 0;
  #againSeq = 0;
  #greetingTurn = -1;
  #askedMs: number | undefined;
  #hasAnswer = false;
  #meter: Of<'meter'> | undefined;
  #refusal: string | undefined;
  #outcome: Outcome | undefined;

  constructor({ question, ticket, print }: ConversationOptions) {
    this.#question = question;
    this.#ticket = ticket;
    this.#print = print;
    this.#frames = typeof question === 'string' ? [] : framesOf(question);
  }

  /** There once the call is over. */
  get outcome(): Outcome | undefined {
    return this.#outcome;
  }

  /** What the agent said, as far as it was played: PCM16 at 24 kHz. */
  recording(): Uint8Array {
    return this.#player.recording();
  }

  open(nowMs: number): readonly ClientMessage[] {
    this.#activeMs = nowMs;
    const rates = { inputSampleRateHertz: INPUT_HERTZ, outputSampleRateHertz: OUTPUT_HERTZ };
    return [{ type: 'session.start', ...rates, ...(this.#ticket === undefined ? {} : { ticket: this.#ticket }) }];
  }

  hear(message: ServerMessage, nowMs: number): readonly ClientMessage[] {
    if ('epoch' in message) {
      if (message.epoch < this.#epoch) return [];
      this.#epoch = message.epoch;
    }
    if (message.type === 'session.ended' && this.#meter) this.#print(costLine(this.#meter));
    const line = narrate(message);
    if (line !== undefined) this.#print(line);
    if (message.type === 'meter') this.#meter = message;
    else this.#activeMs = nowMs;
    return this.#react(message, nowMs);
  }

  /** To be called every 40 ms. */
  tick(nowMs: number): readonly ClientMessage[] {
    if (this.#outcome) return [];
    const report = this.#player.isPlaying(nowMs) && nowMs - this.#reportedMs >= PLAYBACK_EVERY_MS;
    const again = this.#sayAgain(nowMs);
    const messages = [...(report ? this.#playback(nowMs) : []), ...(again.length > 0 ? again : this.#goOn(nowMs))];
    this.#giveUp(nowMs);
    return messages;
  }

  /** The connection is gone. */
  lose(reason: string): void {
    this.#finish(reason);
  }

  #react(message: ServerMessage, nowMs: number): readonly ClientMessage[] {
    switch (message.type) {
      case 'session.ready':
        if (this.#phase === 'connecting') this.#phase = 'greeting';
        if (message.resendAfterSeq !== undefined)
          this.#againSeq = Math.max(message.resendAfterSeq + 1, this.#seq - KEPT_FRAMES);
        return [];
      case 'audio':
        this.#noteAnswer(message.turn, nowMs);
        this.#player.play(
          { epoch: message.epoch, turn: message.turn, pcm: Buffer.from(message.audio, 'base64') },
          nowMs,
        );
        return [];
      case 'interrupted':
        this.#player.flush(nowMs);
        this.#hasAnswer = false;
        return this.#playback(nowMs);
      case 'transcript':
        if (message.role === 'assistant') this.#noteAnswer(message.turn, nowMs);
        return [];
      case 'tool':
        if (message.status === 'started') this.#lookups.add(message.toolUseId);
        else this.#lookups.delete(message.toolUseId);
        return [];
      case 'problem':
        this.#refusal = `${message.title} ${message.detail}`;
        if (message.closeCode !== undefined) this.#finish(this.#refusal);
        return [];
      case 'session.ended':
        this.#finish(`The call ended: ${message.reason}.`);
        return [];
      default:
        return [];
    }
  }

  /** The first sound or word of a turn after the greeting is the answer, unless the caller goes on and cuts it off. */
  #noteAnswer(turn: number, nowMs: number): void {
    if (this.#phase === 'greeting') this.#greetingTurn = Math.max(this.#greetingTurn, turn);
    if (this.#phase !== 'talking' || this.#hasAnswer || turn <= this.#greetingTurn) return;
    this.#hasAnswer = true;
    if (this.#askedMs === undefined) return;
    this.#print(`latency ${Math.round(nowMs - this.#askedMs)} ms from the last word to the answer`);
  }

  #goOn(nowMs: number): readonly ClientMessage[] {
    const isQuiet = !this.#player.isPlaying(nowMs) && this.#lookups.size === 0;
    if (!isQuiet) this.#activeMs = nowMs;
    const quietMs = nowMs - this.#activeMs;
    if (this.#phase === 'greeting') {
      if (quietMs < (this.#greetingTurn >= 0 ? FRAME_MS : GREETING_WAIT_MS)) return [];
      this.#phase = 'talking';
    }
    if (this.#phase !== 'talking') return [];
    if (this.#seq < this.#frames.length || this.#askedMs === undefined) return this.#ask(nowMs);
    if (!this.#hasAnswer || quietMs < ANSWERED_AFTER_MS) return [];
    this.#phase = 'leaving';
    return [...this.#playback(nowMs), { type: 'session.end' }];
  }

  #ask(nowMs: number): readonly ClientMessage[] {
    this.#activeMs = nowMs;
    if (typeof this.#question === 'string') {
      this.#askedMs = nowMs;
      return [{ type: 'text', text: this.#question }];
    }
    const frame = this.#frames[this.#seq];
    if (!frame || frame.isLastWord) this.#askedMs ??= nowMs;
    if (!frame) return [];
    this.#againSeq = Math.max(this.#againSeq, this.#seq + 1);
    return [audioMessage(frame, this.#seq++)];
  }

  /** What a new owner of the call asked for; the caller goes on when it is out. */
  #sayAgain(nowMs: number): readonly ClientMessage[] {
    const from = this.#againSeq;
    const frames = this.#frames.slice(from, Math.min(from + FRAMES_AGAIN, this.#seq));
    if (frames.length === 0) return [];
    this.#againSeq += frames.length;
    this.#activeMs = nowMs;
    return frames.map((frame, index) => audioMessage(frame, from + index));
  }

  #playback(nowMs: number): readonly ClientMessage[] {
    this.#reportedMs = nowMs;
    const played = this.#player.played(nowMs);
    return played ? [{ type: 'playback', ...played }] : [];
  }

  #giveUp(nowMs: number): void {
    const silentMs = nowMs - this.#activeMs;
    if (this.#phase === 'leaving' && silentMs > ANSWERED_AFTER_MS + GOODBYE_WAIT_MS)
      this.#finish('Nobody said good-bye.');
    if (silentMs > NO_ANSWER_AFTER_MS) this.#finish('Nobody answered for a minute.');
  }

  #finish(reason: string): void {
    this.#outcome ??= this.#hasAnswer ? { answered: true } : { answered: false, reason: this.#refusal ?? reason };
  }
}

const audioMessage = ({ pcm }: Frame, seq: number): ClientMessage => ({
  type: 'audio',
  seq,
  audio: Buffer.from(pcm).toString('base64'),
});
