import { type AudioFormat, durationMs } from '../../../../audio/format.ts';
import { sayExactly, silentInstruction } from '../say.ts';
import { splitSentences } from '../sentences.ts';
import { EngineError, type EngineEvent, type EngineInput, type EngineSettings } from '../speech-engine.ts';
import {
  answersUpdate,
  audioAppend,
  functionInput,
  functionOutput,
  historyItem,
  sessionUpdate,
  userMessage,
} from './codec.ts';
import { engineErrorOfBody, isFatal, isRace } from './errors.ts';
import type { RealtimeClientEvent, RealtimeServerEvent } from './events.ts';

/** An utterance of the model. */
interface Utterance {
  readonly id: string;
  readonly status: 'open' | 'done' | 'interrupted';
  readonly itemId: string | undefined;
  readonly sentMs: number;
  readonly firstAudioAtMs: number | undefined;
  /** What the session reported as heard. */
  readonly playedMs: number | undefined;
  /** Written and not yet told as text. */
  readonly unspoken: string;
  readonly hasSpoken: boolean;
}

export interface RealtimeState {
  readonly endpointing: EngineSettings['endpointing'];
  readonly output: AudioFormat;
  /** The newest; older ones are over. */
  readonly utterance: Utterance | undefined;
  /** A response was asked for or is being made: a second request would be refused. */
  readonly isBusy: boolean;
  /** Requests for a response that wait for the running one. */
  readonly waiting: readonly RealtimeClientEvent[];
  readonly calls: ReadonlyMap<string, 'asked' | 'answered'>;
  /** What was transcribed so far, by item. */
  readonly hearing: ReadonlyMap<string, string>;
  readonly counters: { readonly unknownEvents: number; readonly refusedToolResults: number };
}

/** What follows from an event: things to send, things to tell, and the end of the stream when `broken`. */
export interface RealtimeStep {
  readonly state: RealtimeState;
  readonly send: readonly RealtimeClientEvent[];
  readonly events: readonly EngineEvent[];
  readonly broken?: EngineError;
}

const MAX_WAITING = 8;

const step = (
  state: RealtimeState,
  { send = [], events = [] }: { send?: readonly RealtimeClientEvent[]; events?: readonly EngineEvent[] } = {},
): RealtimeStep => ({ state, send, events });

export const openRealtime = (settings: EngineSettings): RealtimeStep =>
  step(
    {
      endpointing: settings.endpointing,
      output: settings.output,
      utterance: undefined,
      isBusy: false,
      waiting: [],
      calls: new Map(),
      hearing: new Map(),
      counters: { unknownEvents: 0, refusedToolResults: 0 },
    },
    { send: [sessionUpdate(settings), ...settings.history.map(historyItem)] },
  );

const RESPOND: RealtimeClientEvent = { type: 'response.create' };

const request = (state: RealtimeState, event: RealtimeClientEvent): RealtimeStep => {
  if (!state.isBusy) return step({ ...state, isBusy: true }, { send: [event] });
  const isWaiting = event === RESPOND && state.waiting.includes(RESPOND);
  return step(isWaiting ? state : { ...state, waiting: [...state.waiting, event].slice(-MAX_WAITING) });
};

const preceded = (event: RealtimeClientEvent, next: RealtimeStep): RealtimeStep => ({
  ...next,
  send: [event, ...next.send],
});

const answerCall = (state: RealtimeState, input: Extract<EngineInput, { type: 'tool-result' }>): RealtimeStep => {
  if (state.calls.get(input.toolUseId) !== 'asked') {
    const counters = { ...state.counters, refusedToolResults: state.counters.refusedToolResults + 1 };
    return step({ ...state, counters });
  }
  const calls = new Map(state.calls).set(input.toolUseId, 'answered');
  const output = functionOutput(input.toolUseId, input.content);
  const next = { ...state, calls };
  // The model goes on when it has all the answers it asked for.
  const isLast = ![...calls.values()].includes('asked');
  return isLast ? preceded(output, request(next, RESPOND)) : step(next, { send: [output] });
};

/** What to send for an input. */
export const realtimeInput = (state: RealtimeState, input: EngineInput): RealtimeStep => {
  switch (input.type) {
    case 'audio':
      return step(state, input.audio.length > 0 ? { send: [audioAppend(input.audio)] } : {});
    case 'text':
      return input.role === 'user'
        ? preceded(userMessage('user', input.text), request(state, RESPOND))
        : step(state, { send: [userMessage('system', silentInstruction(input.text))] });
    case 'say':
      return request(state, {
        type: 'response.create',
        response: { instructions: sayExactly(input.text), tool_choice: 'none' },
      });
    case 'listen-only':
      return step(state, { send: [answersUpdate(state.endpointing, !input.on)] });
    case 'tool-result':
      return answerCall(state, input);
    case 'played':
      return step(
        state.utterance?.id === input.responseId
          ? { ...state, utterance: { ...state.utterance, playedMs: input.playedMs } }
          : state,
      );
  }
};

/** What of an utterance the caller has heard at a time: as reported, else as long as it could have played. */
const heardMs = ({ playedMs, firstAudioAtMs, sentMs }: Utterance, nowMs: number): number =>
  Math.min(sentMs, playedMs ?? (firstAudioAtMs === undefined ? 0 : Math.max(0, nowMs - firstAudioAtMs)));

/** The caller speaks: stops what is being made, and makes the model forget what was not heard. */
const onSpeechStarted = (state: RealtimeState, nowMs: number): RealtimeStep => {
  const { utterance } = state;
  const started: EngineEvent = { type: 'speech-started' };
  if (!utterance || utterance.status === 'interrupted') return step(state, { events: [started] });
  const audioEndMs = Math.floor(heardMs(utterance, nowMs));
  const isPlaying = utterance.status === 'open' || audioEndMs < Math.floor(utterance.sentMs);
  if (!isPlaying) return step(state, { events: [started] });
  const cancel: RealtimeClientEvent[] =
    utterance.status === 'open' ? [{ type: 'response.cancel', response_id: utterance.id }] : [];
  const truncate: RealtimeClientEvent[] =
    utterance.itemId === undefined
      ? []
      : [{ type: 'conversation.item.truncate', item_id: utterance.itemId, content_index: 0, audio_end_ms: audioEndMs }];
  return step(
    // What waited to be said is overtaken: the server answers the caller's new words by itself.
    { ...state, utterance: { ...utterance, status: 'interrupted' }, waiting: [] },
    { send: [...cancel, ...truncate], events: [started, { type: 'interrupted', responseId: utterance.id }] },
  );
};

type Body<Name extends RealtimeServerEvent['type']> = Extract<
  RealtimeServerEvent,
  { type: Name; body: unknown }
>['body'];

const onCreated = (state: RealtimeState, { response }: Body<'response.created'>): RealtimeStep =>
  step({
    ...state,
    isBusy: true,
    utterance: {
      id: response.id,
      status: 'open',
      itemId: undefined,
      sentMs: 0,
      firstAudioAtMs: undefined,
      playedMs: undefined,
      unspoken: '',
      hasSpoken: false,
    },
  });

/** The utterance an event is about, unless it is over. */
const speaking = ({ utterance }: RealtimeState, responseId: string): Utterance | undefined =>
  utterance?.id === responseId && utterance.status === 'open' ? utterance : undefined;

const onAudio = (state: RealtimeState, body: Body<'response.output_audio.delta'>, nowMs: number): RealtimeStep => {
  const utterance = speaking(state, body.response_id);
  if (!utterance) return step(state);
  const audio = new Uint8Array(Buffer.from(body.delta, 'base64'));
  const next: Utterance = {
    ...utterance,
    itemId: body.item_id,
    sentMs: utterance.sentMs + durationMs(audio.length, state.output),
    firstAudioAtMs: utterance.firstAudioAtMs ?? nowMs,
    hasSpoken: true,
  };
  return step({ ...state, utterance: next }, { events: [{ type: 'audio', responseId: utterance.id, audio }] });
};

const agentText = (responseId: string, text: string, stage: 'speculative' | 'final'): EngineEvent => ({
  type: 'agent-text',
  responseId,
  text,
  stage,
});

const onWords = (state: RealtimeState, body: Body<'response.output_audio_transcript.delta'>): RealtimeStep => {
  const utterance = speaking(state, body.response_id);
  if (!utterance) return step(state);
  const { ready, rest } = splitSentences(utterance.unspoken + body.delta);
  return step(
    { ...state, utterance: { ...utterance, unspoken: rest, hasSpoken: true } },
    { events: ready.map((sentence) => agentText(utterance.id, sentence, 'speculative')) },
  );
};

const onAllWords = (state: RealtimeState, body: Body<'response.output_audio_transcript.done'>): RealtimeStep => {
  const utterance = speaking(state, body.response_id);
  if (!utterance) return step(state);
  const rest = utterance.unspoken.trim();
  const left = rest === '' ? [] : [agentText(utterance.id, rest, 'speculative')];
  const whole = body.transcript.trim();
  const final = whole === '' ? [] : [agentText(utterance.id, whole, 'final')];
  return step({ ...state, utterance: { ...utterance, unspoken: '' } }, { events: [...left, ...final] });
};

const onHearing = (
  state: RealtimeState,
  body: Body<'conversation.item.input_audio_transcription.delta'>,
): RealtimeStep => {
  const text = (state.hearing.get(body.item_id) ?? '') + body.delta;
  const hearing = new Map(state.hearing).set(body.item_id, text);
  return step({ ...state, hearing }, { events: [{ type: 'user-text', text: text.trim(), final: false }] });
};

const without = (hearing: ReadonlyMap<string, string>, itemId: string): ReadonlyMap<string, string> => {
  const left = new Map(hearing);
  left.delete(itemId);
  return left;
};

const NO_TOKENS = { inputSpeechTokens: 0, inputTextTokens: 0, outputSpeechTokens: 0, outputTextTokens: 0 };

const onHeard = (
  state: RealtimeState,
  body: Body<'conversation.item.input_audio_transcription.completed'>,
): RealtimeStep => {
  const text = body.transcript.trim();
  const words: EngineEvent[] = text === '' ? [] : [{ type: 'user-text', text, final: true }];
  const seconds = body.usage?.seconds ?? 0;
  const usage: EngineEvent[] =
    seconds > 0 ? [{ type: 'usage', usage: { ...NO_TOKENS, transcribedSeconds: seconds } }] : [];
  return step({ ...state, hearing: without(state.hearing, body.item_id) }, { events: [...words, ...usage] });
};

const onItem = (state: RealtimeState, { item }: Body<'response.output_item.done'>): RealtimeStep => {
  const { call_id: toolUseId, name } = item;
  if (item.type !== 'function_call' || toolUseId === undefined || name === undefined || state.calls.has(toolUseId)) {
    return step(state);
  }
  return step(
    { ...state, calls: new Map(state.calls).set(toolUseId, 'asked') },
    { events: [{ type: 'tool-use', toolUseId, name, input: functionInput(item.arguments) }] },
  );
};

const usageOf = ({ usage }: Body<'response.done'>['response']): readonly EngineEvent[] => {
  const input = usage?.input_token_details;
  const output = usage?.output_token_details;
  const tokens = {
    inputSpeechTokens: input?.audio_tokens ?? 0,
    inputTextTokens: input?.text_tokens ?? 0,
    outputSpeechTokens: output?.audio_tokens ?? 0,
    outputTextTokens: output?.text_tokens ?? 0,
  };
  return Object.values(tokens).some((count) => count > 0) ? [{ type: 'usage', usage: tokens }] : [];
};

const problemOf = ({ status, status_details: details }: Body<'response.done'>['response']): readonly EngineEvent[] => {
  if (status === 'failed') return [{ type: 'problem', error: engineErrorOfBody(details?.error) }];
  return status === 'incomplete' && details?.reason === 'content_filter'
    ? [{ type: 'problem', error: new EngineError('filtered', 'The model refused to go on.') }]
    : [];
};

const endOf = (utterance: Utterance | undefined, status: string | undefined): readonly EngineEvent[] => {
  if (!utterance) return [];
  if (status === 'cancelled') return [{ type: 'interrupted', responseId: utterance.id }];
  // A response that only called functions has said nothing that could end.
  return utterance.hasSpoken ? [{ type: 'response-ended', responseId: utterance.id }] : [];
};

const onDone = (state: RealtimeState, { response }: Body<'response.done'>): RealtimeStep => {
  const utterance = speaking(state, response.id);
  const status = response.status === 'cancelled' ? 'interrupted' : 'done';
  const [next, ...waiting] = state.waiting;
  return step(
    {
      ...state,
      utterance: utterance ? { ...utterance, status } : state.utterance,
      isBusy: next !== undefined,
      waiting,
    },
    {
      send: next ? [next] : [],
      events: [...usageOf(response), ...problemOf(response), ...endOf(utterance, response.status)],
    },
  );
};

const onError = (state: RealtimeState, { error: body }: Body<'error'>): RealtimeStep => {
  if (isRace(body)) return step(state);
  // Ours and the server's own response crossed: ours is asked for again when that one is done.
  if (body.code === 'conversation_already_has_active_response') {
    return step({ ...state, isBusy: true, waiting: [...state.waiting, RESPOND].slice(-MAX_WAITING) });
  }
  const error = engineErrorOfBody(body);
  const events: readonly EngineEvent[] = [{ type: 'problem', error }];
  return isFatal(error) ? { ...step(state), broken: error } : step(state, { events });
};

/** What an event of the server means at a time (Unix milliseconds). Pure; never throws. */
export const realtimeOutput = (state: RealtimeState, event: RealtimeServerEvent, nowMs: number): RealtimeStep => {
  switch (event.type) {
    case 'session.updated':
    case 'silent':
      return step(state);
    case 'input_audio_buffer.speech_started':
      return onSpeechStarted(state, nowMs);
    case 'conversation.item.input_audio_transcription.delta':
      return onHearing(state, event.body);
    case 'conversation.item.input_audio_transcription.completed':
      return onHeard(state, event.body);
    case 'conversation.item.input_audio_transcription.failed':
      return step(
        { ...state, hearing: without(state.hearing, event.body.item_id) },
        { events: [{ type: 'problem', error: engineErrorOfBody(event.body.error) }] },
      );
    case 'response.created':
      return onCreated(state, event.body);
    case 'response.output_audio.delta':
      return onAudio(state, event.body, nowMs);
    case 'response.output_audio_transcript.delta':
      return onWords(state, event.body);
    case 'response.output_audio_transcript.done':
      return onAllWords(state, event.body);
    case 'response.output_item.done':
      return onItem(state, event.body);
    case 'response.done':
      return onDone(state, event.body);
    case 'error':
      return onError(state, event.body);
    case 'unknown':
      return step({ ...state, counters: { ...state.counters, unknownEvents: state.counters.unknownEvents + 1 } });
  }
};
