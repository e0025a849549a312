import { type AudioFormat, durationMs } from '../../../../audio/format.ts';
import type { SessionClock } from '../../session/clock.ts';
import { createEventQueue } from '../event-queue.ts';
import { EngineError, type EngineEvent, type EngineSettings } from '../speech-engine.ts';
import { heardText, type SpokenSentence } from './conversation.ts';
import type { TextToSpeech } from './ports.ts';
import { timed } from './timed.ts';

/** How long the mouth may be silent before a piece of audio. */
const SPEECH_TIMEOUT_MS = 10_000;
/** Sentences that wait to be spoken: far more than an answer has. */
const MAX_SENTENCES = 200;

export interface TurnParts {
  readonly id: string;
  readonly tts: TextToSpeech;
  readonly clock: SessionClock;
  readonly settings: EngineSettings;
  readonly tell: (event: EngineEvent) => void;
  /** Where in the conversation the answer begins. */
  readonly start: number;
}

/** One utterance of the agent: sentences are spoken in order while later ones are still being written. */
export class Turn {
  readonly id: string;
  readonly start: number;
  status: 'open' | 'ended' | 'interrupted' = 'open';
  private readonly parts: TurnParts;
  private readonly killer = new AbortController();
  private readonly sentences = createEventQueue<string>(
    MAX_SENTENCES,
    () => new EngineError('invalid', 'The answer is too long to be spoken.'),
  );
  private readonly spoken: SpokenSentence[] = [];
  private firstAudioAtMs: number | undefined;
  private playedMs: number | undefined;
  /** Resolves when all sentences are spoken; rejects with what the mouth failed with. */
  readonly speaking: Promise<void>;
  hasBegun = false;

  constructor(parts: TurnParts) {
    this.parts = parts;
    this.id = parts.id;
    this.start = parts.start;
    this.speaking = this.speakAll();
    // Whoever cares awaits it; a turn that was cut off has nobody who does.
    this.speaking.catch(() => undefined);
  }

  get signal(): AbortSignal {
    return this.killer.signal;
  }

  say(sentence: string): void {
    this.sentences.push(sentence);
  }

  /** Nothing more will be said. */
  finish(): void {
    this.sentences.end();
  }

  /** Cuts it off: nothing of it is told any more. */
  interrupt(): void {
    this.status = 'interrupted';
    this.sentences.end();
    this.killer.abort();
  }

  played(ms: number): void {
    this.playedMs = ms;
  }

  /** Whether the caller may still be hearing it. */
  isAudible(): boolean {
    if (this.status === 'interrupted' || this.firstAudioAtMs === undefined) return false;
    return this.status === 'open' || this.heardMs() < this.totalMs();
  }

  heard(): string {
    return heardText(this.spoken, this.heardMs());
  }

  private totalMs(): number {
    return this.spoken.reduce((sum, sentence) => sum + sentence.durationMs, 0);
  }

  private heardMs(): number {
    const elapsed = this.firstAudioAtMs === undefined ? 0 : this.parts.clock.now() - this.firstAudioAtMs;
    return this.playedMs ?? Math.max(0, elapsed);
  }

  private tell(event: EngineEvent): void {
    if (this.status !== 'open') return;
    this.hasBegun = true;
    this.parts.tell(event);
  }

  private async speakAll(): Promise<void> {
    for await (const sentence of this.sentences.items) {
      if (this.status !== 'open') return;
      await this.speak(sentence);
    }
  }

  private async speak(text: string): Promise<void> {
    const { tts, clock, settings } = this.parts;
    const { voice, language, output: format } = settings;
    this.tell({ type: 'agent-text', responseId: this.id, text, stage: 'speculative' });
    const audio = tts.speak({ text, voice, language, format, signal: this.signal });
    const index = this.spoken.push({ text, durationMs: 0 }) - 1;
    this.tell(billed(text));
    for await (const piece of timed(audio, SPEECH_TIMEOUT_MS, clock, 'Speech synthesis')) {
      if (this.status !== 'open') return;
      this.firstAudioAtMs ??= clock.now();
      this.spoken[index] = { text, durationMs: (this.spoken[index]?.durationMs ?? 0) + msOf(piece, format) };
      this.tell({ type: 'audio', responseId: this.id, audio: piece });
    }
    this.tell({ type: 'agent-text', responseId: this.id, text, stage: 'final' });
  }
}

const msOf = (piece: Uint8Array, format: AudioFormat): number => durationMs(piece.length, format);

export const NO_TOKENS = {
  inputSpeechTokens: 0,
  inputTextTokens: 0,
  outputSpeechTokens: 0,
  outputTextTokens: 0,
} as const;

const billed = (text: string): EngineEvent => ({
  type: 'usage',
  usage: { ...NO_TOKENS, synthesizedCharacters: Array.from(text).length },
});
