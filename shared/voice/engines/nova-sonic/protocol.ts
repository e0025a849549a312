import { sayExactly, silentInstruction } from '../say.ts';
import type { EngineEvent, EngineInput, EngineSettings } from '../speech-engine.ts';
import { audioInputs, audioStart, closing, historyContent, opening, textContent, toolResult } from './codec.ts';
import type { SonicInput, SonicOutput } from './events.ts';
import { type HistoryLimits, sanitizeHistory } from './history.ts';
import type { InputBatch } from './input-queue.ts';
import { heard, settled } from './output-machine.ts';
import type { SonicState } from './state.ts';

/** A stream before anything was said, and what opens it. Ids of contents are counted within the prompt. */
export const openSonic = (
  settings: EngineSettings,
  promptName: string,
  limits: HistoryLimits,
): { readonly state: SonicState; readonly batch: InputBatch<SonicInput> } => {
  const name = (index: number) => ({ promptName, contentName: `${promptName}-${index}` });
  const history = sanitizeHistory(settings.history, limits);
  const audio = name(history.length + 1);
  const events: readonly SonicInput[] = [
    ...opening(settings, promptName),
    ...textContent(name(0), 'SYSTEM', settings.systemPrompt, false),
    ...history.flatMap((turn, index) => historyContent(name(index + 1), turn)),
    audioStart(audio, settings.input),
  ];
  const state: SonicState = {
    promptName,
    audio,
    inputFormat: settings.input,
    nextContent: history.length + 2,
    nextResponse: 1,
    contents: new Map(),
    responses: [],
    userSpoke: false,
    tools: new Map(),
    injected: [],
    closed: false,
    counters: { unknownEvents: 0, staleEvents: 0, refusedToolResults: 0, echoes: 0 },
  };
  return { state, batch: { lane: 'control', events } };
};

export interface SonicSend {
  readonly state: SonicState;
  readonly batches: readonly InputBatch<SonicInput>[];
}

const spokenText = (input: Extract<EngineInput, { type: 'text' | 'say' }>): string => {
  if (input.type === 'say') return sayExactly(input.text);
  return input.role === 'user' ? input.text : silentInstruction(input.text);
};

/** How many of our own texts are remembered, to know their echo. */
const REMEMBERED_TEXTS = 8;

/**
 * Interactive text is answered as if it had been said; text that is not is taken note of and starts no answer (seen in
 * the service by others: livekit/agents#5220, 2026-03), which is what a silent instruction wants.
 */
const sendText = (state: SonicState, text: string, isAnswered: boolean): SonicSend => {
  const content = { promptName: state.promptName, contentName: `${state.promptName}-${state.nextContent}` };
  return {
    state: {
      ...state,
      nextContent: state.nextContent + 1,
      injected: [...state.injected, text].slice(-REMEMBERED_TEXTS),
    },
    batches: [{ lane: 'control', events: textContent(content, 'USER', text, isAnswered) }],
  };
};

const sendToolResult = (state: SonicState, input: Extract<EngineInput, { type: 'tool-result' }>): SonicSend => {
  if (state.tools.get(input.toolUseId) !== 'asked') {
    const counters = { ...state.counters, refusedToolResults: state.counters.refusedToolResults + 1 };
    return { state: { ...state, counters }, batches: [] };
  }
  const content = { promptName: state.promptName, contentName: `${state.promptName}-${state.nextContent}` };
  return {
    state: {
      ...state,
      nextContent: state.nextContent + 1,
      tools: new Map(state.tools).set(input.toolUseId, 'answered'),
    },
    batches: [{ lane: 'control', events: toolResult(content, input.toolUseId, input.content) }],
  };
};

/** What to send for an input. A second result for a tool use, or one for an unknown one, sends nothing and is counted. */
export const sonicInput = (state: SonicState, input: EngineInput): SonicSend => {
  if (state.closed) return { state, batches: [] };
  switch (input.type) {
    case 'audio':
      return {
        state,
        batches: audioInputs(state.audio, input.audio, state.inputFormat).map((event) => ({
          lane: 'audio',
          events: [event],
        })),
      };
    case 'text':
    case 'say':
      return sendText(state, spokenText(input), input.type === 'say' || input.role === 'user');
    case 'tool-result':
      return sendToolResult(state, input);
    case 'listen-only':
      // The service has no such mode.
      return { state, batches: [] };
    case 'played':
      // The model keeps track of what it streamed by itself.
      return { state, batches: [] };
  }
};

/** What ends the stream; afterwards inputs send nothing. */
export const closeSonic = (
  state: SonicState,
): { readonly state: SonicState; readonly events: readonly SonicInput[] } => ({
  state: { ...state, closed: true },
  events: state.closed ? [] : closing(state.audio),
});

/** What an output of the model means to the session. */
export const sonicOutput = (
  state: SonicState,
  output: SonicOutput,
): { readonly state: SonicState; readonly events: readonly EngineEvent[] } => heard(state, output);

/** To be called some time after a response's last audio when its final text does not come: ends what has been spoken whole. */
export const sonicSettled = settled;

/** Whether a response has been spoken whole and only its final text is awaited. */
export const awaitsFinalText = ({ responses }: SonicState): boolean =>
  responses.some(({ audioEnded, status }) => audioEnded && status === 'open');
