import { createEventQueue } from '../event-queue.ts';
import { splitSentences } from '../sentences.ts';
import { EngineError, type EngineEvent, type EngineInput, type EngineSettings } from '../speech-engine.ts';
import type { CascadeDependencies } from './cascade-engine.ts';
import { conversationOf, cutOff, trimmed } from './conversation.ts';
import type { ChatMessage, Hearing, HearingEvent, ToolUse } from './ports.ts';
import { timed } from './timed.ts';
import { NO_TOKENS, Turn } from './turn.ts';

/** How long the mind may be silent before its next word. */
const ANSWER_TIMEOUT_MS = 20_000;
/** Rounds of tools in one answer; beyond them the model runs in circles. */
const MAX_TOOL_ROUNDS = 6;
/** Answers that may fail one after the other before the stream is given up. */
const MAX_FAILURES = 3;
const MAX_UNREAD_EVENTS = 20_000;

interface Written {
  readonly text: string;
  readonly toolUses: readonly ToolUse[];
}

/** One call through the cascade: what is heard starts and stops turns. */
export class CascadeStream {
  readonly events = createEventQueue<EngineEvent>(
    MAX_UNREAD_EVENTS,
    () => new EngineError('unavailable', 'Nobody reads what the cascade says.'),
  );
  private readonly deps: CascadeDependencies;
  private readonly settings: EngineSettings;
  private readonly hearing: Hearing;
  private readonly kill: AbortController;
  private messages: readonly ChatMessage[];
  private turn: Turn | undefined;
  private turns = 0;
  private failures = 0;
  private isOver = false;
  private isCallerSpeaking = false;
  private isListenOnly = false;
  private readonly asked = new Map<string, (content: unknown) => void>();

  constructor(deps: CascadeDependencies, settings: EngineSettings, hearing: Hearing, kill: AbortController) {
    this.deps = deps;
    this.settings = settings;
    this.hearing = hearing;
    this.kill = kill;
    this.messages = conversationOf(settings.history);
  }

  start(): void {
    this.kill.signal.addEventListener('abort', () => this.end(undefined), { once: true });
    void this.listen();
  }

  send(input: EngineInput): void {
    if (this.isOver) return;
    switch (input.type) {
      case 'audio':
        this.hearing.push(input.audio);
        return;
      case 'text':
        this.takeText(input);
        return;
      case 'say':
        this.say(input.text);
        return;
      case 'listen-only':
        this.isListenOnly = input.on;
        return;
      case 'tool-result':
        this.asked.get(input.toolUseId)?.(input.content);
        this.asked.delete(input.toolUseId);
        return;
      case 'played':
        if (this.turn?.id === input.responseId) this.turn.played(input.playedMs);
    }
  }

  /** The first cause counts. */
  end(error: EngineError | undefined): void {
    if (this.isOver) return;
    this.isOver = true;
    this.turn?.interrupt();
    this.events.end(error);
    this.hearing.close();
    this.kill.abort();
  }

  private tell(event: EngineEvent): void {
    if (!this.isOver) this.events.push(event);
  }

  private add(...messages: readonly ChatMessage[]): void {
    this.messages = [...this.messages, ...messages];
  }

  private takeText({ role, text }: Extract<EngineInput, { type: 'text' }>): void {
    if (role === 'note') {
      this.add({ role: 'note', text });
      return;
    }
    this.cutIn();
    this.add({ role: 'user', text });
    void this.answer();
  }

  /** Into what is being said, or as an utterance of its own. */
  private say(text: string): void {
    if (this.turn?.status === 'open') {
      this.turn.say(text);
      return;
    }
    const turn = this.newTurn();
    this.add({ role: 'assistant', text, toolUses: [] });
    turn.say(text);
    turn.finish();
    void this.whole(turn);
  }

  private newTurn(): Turn {
    this.turns += 1;
    this.messages = trimmed(this.messages);
    const { tts, clock } = this.deps;
    const tell = (event: EngineEvent): void => this.tell(event);
    const start = this.messages.length;
    this.turn = new Turn({ id: `t${this.turns}`, tts, clock, settings: this.settings, tell, start });
    return this.turn;
  }

  private async listen(): Promise<void> {
    try {
      for await (const event of this.hearing.events) {
        if (this.isOver) return;
        this.hear(event);
      }
      this.end(new EngineError('unavailable', 'Speech recognition ended by itself.'));
    } catch (error) {
      this.end(asEngineError(error));
    }
  }

  private hear(event: HearingEvent): void {
    switch (event.type) {
      case 'speech-started':
        this.callerSpeaks();
        return;
      case 'partial':
        if (event.text.trim() === '') return;
        this.callerSpeaks();
        this.tell({ type: 'user-text', text: event.text.trim(), final: false });
        return;
      case 'final':
        this.callerSaid(event.text.trim());
        return;
      case 'billed':
        this.tell({ type: 'usage', usage: { ...NO_TOKENS, transcribedSeconds: event.seconds } });
        return;
      case 'failed':
        this.isCallerSpeaking = false;
        this.tell({ type: 'problem', error: asEngineError(event.error) });
    }
  }

  private callerSpeaks(): void {
    if (!this.isCallerSpeaking) this.tell({ type: 'speech-started' });
    this.isCallerSpeaking = true;
    this.cutIn();
  }

  private callerSaid(text: string): void {
    if (text !== '') {
      this.callerSpeaks();
      this.tell({ type: 'user-text', text, final: true });
      this.add({ role: 'user', text });
      if (!this.isListenOnly) void this.answer();
    }
    this.isCallerSpeaking = false;
  }

  /** The caller has the word: stops what is written and spoken, and forgets what was not heard. */
  private cutIn(): void {
    const { turn } = this;
    if (!turn || turn.status === 'interrupted') return;
    if (turn.status === 'ended' && !turn.isAudible()) return;
    const heard = turn.heard();
    turn.interrupt();
    this.messages = cutOff(this.messages, turn.start, heard);
    this.asked.clear();
    if (turn.hasBegun) this.tell({ type: 'interrupted', responseId: turn.id });
  }

  private async answer(): Promise<void> {
    const turn = this.newTurn();
    try {
      await this.think(turn);
      turn.finish();
    } catch (error) {
      this.failed(turn, error);
      return;
    }
    await this.whole(turn);
  }

  /** Waits until a turn is spoken; then it has ended, unless it was cut off. */
  private async whole(turn: Turn): Promise<void> {
    try {
      await turn.speaking;
      if (turn.status !== 'open') return;
      turn.status = 'ended';
      this.failures = 0;
      if (turn.hasBegun) this.tell({ type: 'response-ended', responseId: turn.id });
    } catch (error) {
      this.failed(turn, error);
    }
  }

  private failed(turn: Turn, cause: unknown): void {
    if (turn.status !== 'open') return;
    const error = asEngineError(cause);
    this.messages = cutOff(this.messages, turn.start, turn.heard());
    turn.interrupt();
    turn.status = 'ended';
    this.failures += 1;
    this.tell({ type: 'problem', error });
    if (turn.hasBegun) this.tell({ type: 'response-ended', responseId: turn.id });
    if (this.failures >= MAX_FAILURES || error.kind === 'denied') this.end(error);
  }

  private async think(turn: Turn): Promise<void> {
    for (let round = 0; turn.status === 'open'; round += 1) {
      const { text, toolUses } = await this.write(turn);
      if (turn.status !== 'open') return;
      if (toolUses.length === 0) {
        if (text.trim() !== '') this.add({ role: 'assistant', text, toolUses });
        return;
      }
      if (round >= MAX_TOOL_ROUNDS) throw new EngineError('invalid', 'The model uses tools without end.');
      const results = await this.askAll(turn, toolUses);
      if (turn.status !== 'open') return;
      this.add({ role: 'assistant', text, toolUses }, { role: 'tool', results });
    }
  }

  /** One round of the mind; its sentences are spoken as they come. */
  private async write(turn: Turn): Promise<Written> {
    const { signal } = turn;
    const { systemPrompt: system, tools } = this.settings;
    const answer = this.deps.llm.answer({ system, messages: this.messages, tools, signal });
    const toolUses: ToolUse[] = [];
    let text = '';
    let rest = '';
    for await (const event of timed(answer, ANSWER_TIMEOUT_MS, this.deps.clock, 'The language model')) {
      if (turn.status !== 'open') break;
      if (event.type === 'text') {
        text += event.text;
        const split = splitSentences(rest + event.text);
        rest = split.rest;
        for (const sentence of split.ready) turn.say(sentence);
      } else if (event.type === 'tool-use') {
        toolUses.push({ toolUseId: event.toolUseId, name: event.name, input: event.input });
      } else this.tell(tokens(event));
    }
    if (rest.trim() !== '') turn.say(rest.trim());
    return { text, toolUses };
  }

  /** Each result is taken once; those of a turn that was cut off are not waited for. */
  private async askAll(turn: Turn, toolUses: readonly ToolUse[]) {
    const cut = new Promise<undefined>((resolve) => {
      turn.signal.addEventListener('abort', () => resolve(undefined), { once: true });
    });
    return await Promise.all(
      toolUses.map(async (toolUse) => {
        const answered = new Promise<unknown>((resolve) => this.asked.set(toolUse.toolUseId, resolve));
        this.tell({ type: 'tool-use', ...toolUse });
        return { toolUseId: toolUse.toolUseId, content: await Promise.race([answered, cut]) };
      }),
    );
  }
}

const tokens = ({ inputTokens, outputTokens }: { inputTokens: number; outputTokens: number }): EngineEvent => ({
  type: 'usage',
  usage: { ...NO_TOKENS, inputTextTokens: inputTokens, outputTextTokens: outputTokens },
});

const asEngineError = (error: unknown): EngineError =>
  error instanceof EngineError
    ? error
    : new EngineError('unavailable', error instanceof Error ? error.message : String(error), { cause: error });
