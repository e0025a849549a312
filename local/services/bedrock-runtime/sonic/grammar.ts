import { validation } from '../../bedrock/common.ts';
import type { Inference } from './brain.ts';
import type { ContentStart, InputEvent, PromptStart, SampleRateHertz, Sensitivity } from './input-events.ts';
import { isSonicVoice } from './models.ts';

/** What the input means to the conversation, its form checked. */
export type Meaning =
  | { readonly type: 'session'; readonly sensitivity: Sensitivity; readonly inference: Inference }
  | { readonly type: 'prompt'; readonly prompt: PromptStart }
  | { readonly type: 'system'; readonly text: string }
  | { readonly type: 'history'; readonly role: 'user' | 'assistant'; readonly text: string }
  | { readonly type: 'audio-start'; readonly sampleRateHertz: SampleRateHertz }
  | { readonly type: 'audio'; readonly pcm: Uint8Array }
  | { readonly type: 'audio-end' }
  /** Typed by the caller: answered like speech. */
  | { readonly type: 'text'; readonly text: string }
  /** Told to the model without being answered. */
  | { readonly type: 'note'; readonly text: string }
  | { readonly type: 'tool-use-claimed'; readonly toolUseId: string }
  | { readonly type: 'tool-result'; readonly toolUseId: string; readonly content: string }
  | { readonly type: 'session-end' };

interface OpenContent {
  readonly start: ContentStart;
  readonly text: string;
}

export interface GrammarState {
  readonly phase: 'new' | 'session' | 'prompt' | 'prompt-ended' | 'over';
  readonly promptName: string;
  /** Every content name so far; they must be unique. */
  readonly names: ReadonlySet<string>;
  readonly open: ReadonlyMap<string, OpenContent>;
  readonly systemRoles: ReadonlySet<string>;
  readonly hasAudio: boolean;
  readonly history: { readonly messages: number; readonly bytes: number };
  /** Interactive text before the audio: part of the history if more of it follows, else the caller's first words. */
  readonly held?: string | undefined;
}

export const BEGINNING: GrammarState = {
  phase: 'new',
  promptName: '',
  names: new Set(),
  open: new Map(),
  systemRoles: new Set(),
  hasAudio: false,
  history: { messages: 0, bytes: 0 },
};

/** Nova 2 user guide, "Managing chat history": 40 KB in all, 1 KB each `textInput`; 40 messages as seen by users. */
const HISTORY = { maxMessages: 40, maxBytes: 40 * 1024, maxInputBytes: 1024 };

interface Step {
  readonly state: GrammarState;
  readonly meanings: readonly Meaning[];
}

const step = (state: GrammarState, ...meanings: readonly Meaning[]): Step => ({ state, meanings });

/**
 * Takes one input event: order, names, roles and limits. Pure. Throws `ValidationException`, in Nova Sonic's words
 * where they are known.
 */
export function takeInput(state: GrammarState, input: InputEvent): Step {
  checkOrder(state, input);
  switch (input.kind) {
    case 'sessionStart': {
      const sensitivity = input.event.turnDetectionConfiguration?.endpointingSensitivity ?? 'HIGH';
      const inference = input.event.inferenceConfiguration ?? {};
      return step({ ...state, phase: 'session' }, { type: 'session', sensitivity, inference });
    }
    case 'promptStart':
      checkPrompt(input.event);
      return step(
        { ...state, phase: 'prompt', promptName: input.event.promptName },
        { type: 'prompt', prompt: input.event },
      );
    case 'contentStart':
      return startContent(state, input.event);
    case 'audioInput': {
      const pcm = Buffer.from(input.event.content, 'base64');
      if (openOf(state, input.event.contentName, 'AUDIO') && pcm.length % 2 === 0)
        return step(state, { type: 'audio', pcm });
      throw validation('Audio content must be base64 encoded 16 bit samples.');
    }
    case 'textInput':
    case 'toolResult':
      return addText(state, input);
    case 'contentEnd':
      return endContent(state, openOf(state, input.event.contentName));
    case 'promptEnd':
      return step({ ...state, phase: 'prompt-ended' });
    case 'sessionEnd':
      return step({ ...state, phase: 'over' }, { type: 'session-end' });
  }
}

function checkOrder({ phase, promptName }: GrammarState, { kind, event }: InputEvent): void {
  if (phase === 'over') throw validation('The session has ended.');
  if (kind === 'sessionStart') {
    if (phase !== 'new') throw validation('The session has been started already.');
    return;
  }
  if (phase === 'new') throw validation('The first event must be sessionStart.');
  if (kind === 'sessionEnd') return;
  if (kind === 'promptStart') {
    if (phase !== 'session') throw validation('A session takes one prompt only.');
    return;
  }
  const isOpen = phase === 'prompt' && 'promptName' in event && event.promptName === promptName;
  if (!isOpen)
    throw validation(`No open prompt found for prompt name: ${'promptName' in event ? event.promptName : ''}`);
}

function checkPrompt({ audioOutputConfiguration, toolConfiguration }: PromptStart): void {
  if (!isSonicVoice(audioOutputConfiguration.voiceId)) throw validation('Received invalid voiceId');
  const names = (toolConfiguration?.tools ?? []).map(({ toolSpec }) => toolSpec.name);
  if (new Set(names).size < names.length) throw validation('The names of tools must be unique.');
  for (const { toolSpec } of toolConfiguration?.tools ?? []) {
    if (!isJsonObject(toolSpec.inputSchema.json)) {
      throw validation(`The inputSchema of tool ${toolSpec.name} must be a JSON object as a string.`);
    }
  }
}

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}

function openOf(state: GrammarState, contentName: string, type?: ContentStart['type']): OpenContent {
  const content = state.open.get(contentName);
  if (content === undefined) throw validation(`No open content found for content name: ${contentName}`);
  if (type !== undefined && content.start.type !== type) {
    throw validation(`Content ${contentName} is of type ${content.start.type} and takes no ${type} input.`);
  }
  return content;
}

function startContent(state: GrammarState, start: ContentStart): Step {
  if (state.names.has(start.contentName)) throw validation(`Content name must be unique: ${start.contentName}`);
  const next: GrammarState = {
    ...state,
    names: new Set(state.names).add(start.contentName),
    open: new Map(state.open).set(start.contentName, { start, text: '' }),
  };
  switch (start.type) {
    case 'TEXT':
      return startText(next, start);
    case 'AUDIO': {
      const isOpen = [...state.open.values()].some((other) => other.start.type === 'AUDIO');
      if (isOpen) throw validation('An audio content is open already.');
      const { sampleRateHertz } = start.audioInputConfiguration;
      const held: Meaning[] = state.held === undefined ? [] : [{ type: 'text', text: state.held }];
      return step({ ...next, hasAudio: true, held: undefined }, { type: 'audio-start', sampleRateHertz }, ...held);
    }
    case 'TOOL':
      return step(next, { type: 'tool-use-claimed', toolUseId: start.toolResultInputConfiguration.toolUseId });
  }
}

function startText(state: GrammarState, { role }: Extract<ContentStart, { type: 'TEXT' }>): Step {
  if (role === 'SYSTEM' || role === 'SYSTEM_SPEECH') {
    if (state.systemRoles.has(role)) throw validation(`Duplicate ${role} content`);
    if (state.hasAudio || state.history.messages > 0)
      throw validation(`${role} content must come before the conversation.`);
    return step({ ...state, systemRoles: new Set(state.systemRoles).add(role) });
  }
  if (state.hasAudio) {
    if (role === 'ASSISTANT') throw validation('Chat history must come before the audio.');
    return step(state);
  }
  if (role === 'ASSISTANT' && state.history.messages === 0) {
    throw validation('The first message of the chat history must be from the user.');
  }
  const messages = state.history.messages + 1;
  if (messages > HISTORY.maxMessages) throw tooMuchHistory();
  const held: Meaning[] = state.held === undefined ? [] : [{ type: 'history', role: 'user', text: state.held }];
  return step({ ...state, held: undefined, history: { ...state.history, messages } }, ...held);
}

const tooMuchHistory = () => validation('Chat history is over max limit. Trim chat history and try again.');

const isSystem = ({ start }: OpenContent): boolean =>
  start.type === 'TEXT' && (start.role === 'SYSTEM' || start.role === 'SYSTEM_SPEECH');

function addText(state: GrammarState, input: Extract<InputEvent, { kind: 'textInput' | 'toolResult' }>): Step {
  const { contentName, content: text } = input.event;
  const content = openOf(state, contentName, input.kind === 'toolResult' ? 'TOOL' : 'TEXT');
  const bytes = Buffer.byteLength(text);
  const open = new Map(state.open).set(contentName, { ...content, text: content.text + text });
  if (content.start.type === 'TOOL' || isSystem(content)) return step({ ...state, open });
  if (bytes > HISTORY.maxInputBytes) throw validation('A textInput must not be larger than 1 KB.');
  if (state.hasAudio) return step({ ...state, open });
  const history = { ...state.history, bytes: state.history.bytes + bytes };
  if (history.bytes > HISTORY.maxBytes) throw tooMuchHistory();
  return step({ ...state, open, history });
}

function endContent(state: GrammarState, content: OpenContent): Step {
  const open = new Map(state.open);
  open.delete(content.start.contentName);
  const next: GrammarState = { ...state, open };
  const { start, text } = content;
  if (start.type === 'AUDIO') return step(next, { type: 'audio-end' });
  if (start.type === 'TOOL') {
    if (!isJsonObject(text)) throw validation('Tool Response parsing error');
    return step(next, { type: 'tool-result', toolUseId: start.toolResultInputConfiguration.toolUseId, content: text });
  }
  if (isSystem(content)) return step(next, { type: 'system', text });
  if (text.trim() === '') return step(next);
  if (state.hasAudio) return step(next, { type: start.interactive ? 'text' : 'note', text });
  if (start.interactive && start.role === 'USER') return step({ ...next, held: text });
  return step(next, { type: 'history', role: start.role === 'USER' ? 'user' : 'assistant', text });
}
