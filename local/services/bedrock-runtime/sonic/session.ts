import { type AudioFormat, durationMs, silence } from '../../../../audio/format.ts';
import { asyncQueue } from '../../../core/async-queue.ts';
import { AwsError, type CloudClock } from '../../../core/service.ts';
import type { Ear, EarEvent, Speech } from '../../../speech/speech.ts';
import type { Converse } from '../engine/index.ts';
import { type Inference, toolsOf } from './brain.ts';
import { type Conversation, makeConversation } from './conversation.ts';
import { watchDeadlines } from './deadlines.ts';
import { BEGINNING, type Meaning, takeInput } from './grammar.ts';
import { type PromptStart, readInputEvent, type SampleRateHertz, type Sensitivity } from './input-events.ts';
import { makeMouth } from './mouth.ts';
import { makeOutput, type OutputEvent } from './output.ts';
import { makeUsage } from './usage.ts';

/** How long a caller must be quiet until his turn counts as over, by the prompt's sensitivity. */
export type EndOfTurnMs = Readonly<Record<Sensitivity, number>>;

export interface SessionDependencies {
  readonly clock: CloudClock;
  readonly speech: Speech;
  readonly converse: Converse;
  readonly modelId: string;
  readonly newId: () => string;
  readonly endOfTurnMs: EndOfTurnMs;
  /** How many times faster than it is played audio is sent. */
  readonly pace: number;
  readonly log: (line: string) => void;
}

export interface Session {
  /** Ends with `completionEnd`, or throws an `AwsError`. */
  readonly events: AsyncIterable<OutputEvent>;
  /** Resolves when nothing of the session is left. */
  readonly over: Promise<void>;
}

/** Events that may wait for the client to read them: some minutes of audio. */
const OUTPUT_LIMIT = 10_000;

/** Input that does not count as a sign of life. */
const PASSIVE: ReadonlySet<Meaning['type']> = new Set(['system', 'history', 'note']);

/** Opens a session over the chunks that the client sends; it lives until they end, or the session does. */
export function openSession(dependencies: SessionDependencies, chunks: AsyncIterable<Uint8Array>): Session {
  const { clock, newId } = dependencies;
  const requestId = newId();
  const ended = new AbortController();
  const queue = asyncQueue<OutputEvent>(
    OUTPUT_LIMIT,
    () => new AwsError('ModelStreamErrorException', 'The output of the stream is not read.', 424),
  );
  let state = BEGINNING;
  let lastInputMs = clock.now();
  const parts = makeParts(dependencies, {
    promptName: () => state.promptName,
    send: queue.push,
    fail: (error) => fail(error),
  });
  const close = (error?: Error): void => {
    if (ended.signal.aborted) return;
    ended.abort();
    parts.close();
    queue.end(error);
  };
  const fail = (error: unknown): void => {
    if (!ended.signal.aborted) close(asModelError(error, requestId, dependencies.log));
  };
  const take = (bytes: Uint8Array): void => {
    const taken = takeInput(state, readInputEvent(bytes));
    state = taken.state;
    for (const meaning of taken.meanings) {
      if (!PASSIVE.has(meaning.type)) lastInputMs = clock.now();
      parts.act(meaning);
      if (meaning.type === 'session-end') close();
    }
  };
  const read = async (): Promise<void> => {
    try {
      for await (const bytes of chunks) {
        if (ended.signal.aborted) break;
        take(bytes);
      }
      parts.act({ type: 'session-end' });
      close();
    } catch (error) {
      fail(error);
    }
  };
  watchDeadlines({
    clock,
    signal: ended.signal,
    lastInputMs: () => lastInputMs,
    hasAudio: () => state.hasAudio,
    fail,
  });
  void read();
  const over = new Promise<void>((resolve) => ended.signal.addEventListener('abort', () => resolve(), { once: true }));
  return { events: queue.items, over };
}

/** Nova Sonic puts the id of the request before its messages. */
function asModelError(error: unknown, requestId: string, log: (line: string) => void): AwsError {
  if (error instanceof AwsError && error.name === 'InvalidSignatureException') return error;
  if (error instanceof AwsError) {
    return new AwsError(error.name, `RequestId=${requestId} : ${error.message}`, error.status, error.members);
  }
  log(`a speech session failed inside the embedded cloud: ${error instanceof Error ? error.stack : String(error)}`);
  const message = 'The system encountered an unexpected error during processing. Try your request again.';
  return new AwsError('InternalServerException', `RequestId=${requestId} : ${message}`, 500);
}

interface Surroundings {
  readonly promptName: () => string;
  readonly send: (event: OutputEvent) => void;
  readonly fail: (error: unknown) => void;
}

type Acts = { readonly [Type in Meaning['type']]: (meaning: Extract<Meaning, { type: Type }>) => void };

/** What a session is made of, as the client's events call for it. */
function makeParts(dependencies: SessionDependencies, { promptName, send, fail }: Surroundings) {
  const { speech, clock, newId, pace, converse, modelId, endOfTurnMs } = dependencies;
  const output = makeOutput({ sessionId: newId(), promptName, newId, send });
  const usage = makeUsage(output);
  let sensitivity: Sensitivity = 'HIGH';
  let inference: Inference = {};
  let conversation: Conversation | undefined;
  let ear: Ear | undefined;
  let input: AudioFormat = { encoding: 'pcm16', sampleRateHertz: 16_000 };

  const openPrompt = (prompt: PromptStart): void => {
    const { voiceId: voice, sampleRateHertz } = prompt.audioOutputConfiguration;
    const mouth = makeMouth({ speech, clock, output, usage, voice, sampleRateHertz, pace });
    const tools = toolsOf(prompt);
    conversation = makeConversation({ brain: { converse, modelId }, mouth, output, usage, inference, tools, fail });
  };
  const openEar = (sampleRateHertz: SampleRateHertz): void => {
    output.begin();
    ear?.close();
    input = { encoding: 'pcm16', sampleRateHertz };
    ear = speech.openEar({ sampleRateHertz, endOfTurnMs: endOfTurnMs[sensitivity] });
    void listen(ear.events, () => conversation).catch(fail);
  };
  const acts: Acts = {
    session: (meaning) => {
      ({ sensitivity, inference } = meaning);
    },
    prompt: ({ prompt }) => openPrompt(prompt),
    'audio-start': ({ sampleRateHertz }) => openEar(sampleRateHertz),
    audio: ({ pcm }) => {
      usage.speech('input', durationMs(pcm.length, input));
      ear?.accept(pcm);
    },
    // The ear hears the end of the last words by the silence after them.
    'audio-end': () => ear?.accept(silence(endOfTurnMs[sensitivity] * 2, input)),
    system: ({ text }) => conversation?.system(text),
    history: ({ role, text }) => conversation?.remember(role, text),
    note: ({ text }) => conversation?.note(text),
    text: ({ text }) => {
      output.begin();
      conversation?.typed(text);
    },
    'tool-use-claimed': ({ toolUseId }) => conversation?.claimToolUse(toolUseId),
    'tool-result': ({ toolUseId, content }) => conversation?.toolResult(toolUseId, content),
    'session-end': () => {
      usage.report();
      output.end();
    },
  };
  const close = (): void => {
    ear?.close();
    conversation?.close();
  };
  return { act: (meaning: Meaning) => acts[meaning.type](meaning as never), close };
}

async function listen(events: AsyncIterable<EarEvent>, conversation: () => Conversation | undefined): Promise<void> {
  for await (const event of events) {
    if (event.type === 'speech-started') conversation()?.speechStarted();
    else if (event.type === 'utterance') conversation()?.heard(event.text);
  }
  // An ear that is closed in the middle of a turn hears no end of it.
  conversation()?.heard('');
}
