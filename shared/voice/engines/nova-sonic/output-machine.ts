import { EngineError, type EngineEvent, type EngineUsage } from '../speech-engine.ts';
import { generationStage, isInterruptionSign, toolInput } from './codec.ts';
import type { SonicOutput } from './events.ts';
import type { OutputContent, SonicCounters, SonicResponse, SonicState } from './state.ts';

export interface Heard {
  readonly state: SonicState;
  readonly events: readonly EngineEvent[];
}

type Body<Name extends SonicOutput['type']> = Extract<SonicOutput, { type: Name; body: unknown }>['body'];

/** Responses that a late final text may belong to. */
const REMEMBERED_RESPONSES = 4;

const nothing = (state: SonicState): Heard => ({ state, events: [] });

const counted = (state: SonicState, counter: keyof SonicCounters): Heard =>
  nothing({ ...state, counters: { ...state.counters, [counter]: state.counters[counter] + 1 } });

const newest = ({ responses }: SonicState): SonicResponse | undefined => responses.at(-1);

const changed = (state: SonicState, id: string, change: Partial<SonicResponse>): SonicState => ({
  ...state,
  responses: state.responses.map((response) => (response.id === id ? { ...response, ...change } : response)),
});

const end = (state: SonicState, { id }: SonicResponse): Heard => ({
  state: changed(state, id, { status: 'ended' }),
  events: [{ type: 'response-ended', responseId: id }],
});

/** Ends every open response that `which` names. */
const endOpen = (state: SonicState, which: (response: SonicResponse) => boolean = () => true): Heard =>
  state.responses
    .filter((response) => response.status === 'open' && which(response))
    .reduce<Heard>((heard, response) => {
      const ended = end(heard.state, response);
      return { state: ended.state, events: [...heard.events, ...ended.events] };
    }, nothing(state));

/** Ends the responses of which only the final text was awaited. */
export const settled = (state: SonicState): Heard => endOpen(state, ({ audioEnded }) => audioEnded);

const interrupt = (state: SonicState): Heard => {
  const response = newest(state);
  if (response?.status === 'interrupted') return nothing(state);
  const earlier = endOpen(state, ({ id }) => id !== response?.id);
  return {
    state: response ? changed(earlier.state, response.id, { status: 'interrupted' }) : earlier.state,
    events: [...earlier.events, { type: 'interrupted', responseId: response?.id }],
  };
};

const begin = (state: SonicState): Heard & { readonly responseId: string } => {
  const before = endOpen(state);
  const responseId = `r${state.nextResponse}`;
  const response: SonicResponse = {
    id: responseId,
    status: 'open',
    audioEnded: false,
    speculativeTexts: 0,
    finalTexts: 0,
  };
  return {
    responseId,
    events: before.events,
    state: {
      ...before.state,
      nextResponse: state.nextResponse + 1,
      responses: [...before.state.responses, response].slice(-REMEMBERED_RESPONSES),
      userSpoke: false,
    },
  };
};

/** Whether what comes now still belongs to the newest response. */
const goesOn = (state: SonicState): SonicResponse | undefined => {
  const response = newest(state);
  return response?.status === 'open' && !state.userSpoke ? response : undefined;
};

type Opened = Heard & { readonly responseId: string | undefined };

const openSpeculative = (state: SonicState): Opened => {
  const current = goesOn(state);
  const opened = current && !current.audioEnded ? { ...nothing(state), responseId: current.id } : begin(state);
  const texts = opened.state.responses.find(({ id }) => id === opened.responseId)?.speculativeTexts ?? 0;
  return { ...opened, state: changed(opened.state, opened.responseId, { speculativeTexts: texts + 1 }) };
};

/** The text of what was said comes after it: for the oldest response that lacks some of it. */
const openFinal = (state: SonicState): Opened => {
  const lacking = state.responses.find(
    ({ status, speculativeTexts, finalTexts }) => status !== 'interrupted' && finalTexts < speculativeTexts,
  );
  const response = lacking ?? newest(state);
  if (!response) return begin(state);
  return { ...nothing(state), responseId: response.status === 'interrupted' ? undefined : response.id };
};

/** Audio follows its speculative text. What is left of an interrupted response opens no new one. */
const openAudio = (state: SonicState): Opened => {
  const response = newest(state);
  if (response?.status === 'open') {
    return { ...nothing(changed(state, response.id, { audioEnded: false })), responseId: response.id };
  }
  if (response?.status === 'interrupted' && !state.userSpoke) return { ...nothing(state), responseId: undefined };
  return begin(state);
};

const opened = (state: SonicState, kind: OutputContent['kind'], stage: OutputContent['stage']): Opened => {
  if (kind === 'TOOL') return { ...nothing(state), responseId: undefined };
  if (kind === 'AUDIO') return openAudio(state);
  return stage === 'final' ? openFinal(state) : openSpeculative(state);
};

const onContentStart = (state: SonicState, body: Body<'contentStart'>): Heard => {
  const stage = generationStage(body.additionalModelFields);
  const role = body.role ?? (body.type === 'TOOL' ? 'TOOL' : 'ASSISTANT');
  const isUser = role === 'USER';
  const before: Opened = isUser ? { ...settled(state), responseId: undefined } : opened(state, body.type, stage);
  const content: OutputContent = { kind: body.type, role, stage, responseId: before.responseId, toolUses: [] };
  return {
    state: {
      ...before.state,
      userSpoke: before.state.userSpoke || isUser,
      contents: new Map(before.state.contents).set(body.contentId, content),
    },
    events: before.events,
  };
};

/** The container an event names, or, where it names none, the last one of its kind that is open. */
const contentOf = (
  state: SonicState,
  contentId: string | undefined,
  kind: OutputContent['kind'] | undefined,
): readonly [string, OutputContent] | undefined => {
  const named = contentId === undefined ? undefined : state.contents.get(contentId);
  if (contentId !== undefined) return named && [contentId, named];
  return [...state.contents].findLast(([, content]) => kind === undefined || content.kind === kind);
};

const isOver = (state: SonicState, responseId: string): boolean =>
  state.responses.find(({ id }) => id === responseId)?.status === 'interrupted';

const onTextOutput = (state: SonicState, body: Body<'textOutput'>): Heard => {
  if (isInterruptionSign(body.content)) return interrupt(state);
  const content = contentOf(state, body.contentId, 'TEXT')?.[1];
  if (!content) return counted(state, 'unknownEvents');
  if (body.content.trim() === '') return nothing(state);
  if (content.role === 'USER') {
    if (state.injected.some((text) => text.trim() === body.content.trim())) return counted(state, 'echoes');
    const final = content.stage !== 'speculative';
    return { state, events: [{ type: 'user-text', text: body.content, final }] };
  }
  const { responseId, stage = 'speculative' } = content;
  if (responseId === undefined || isOver(state, responseId)) return counted(state, 'staleEvents');
  return { state, events: [{ type: 'agent-text', responseId, text: body.content, stage }] };
};

const onAudioOutput = (state: SonicState, body: Body<'audioOutput'>): Heard => {
  const content = contentOf(state, body.contentId, 'AUDIO')?.[1];
  if (content?.kind !== 'AUDIO') return counted(state, 'unknownEvents');
  const { responseId } = content;
  if (responseId === undefined || isOver(state, responseId)) return counted(state, 'staleEvents');
  const audio = new Uint8Array(Buffer.from(body.content, 'base64'));
  return audio.length === 0 ? nothing(state) : { state, events: [{ type: 'audio', responseId, audio }] };
};

const announce = (state: SonicState, toolUse: OutputContent['toolUses'][number]): Heard =>
  state.tools.has(toolUse.toolUseId)
    ? counted(state, 'unknownEvents')
    : {
        state: { ...state, tools: new Map(state.tools).set(toolUse.toolUseId, 'asked') },
        events: [{ type: 'tool-use', ...toolUse }],
      };

const onToolUse = (state: SonicState, body: Body<'toolUse'>): Heard => {
  const toolUse = { toolUseId: body.toolUseId, name: body.toolName, input: toolInput(body.content) };
  const open = contentOf(state, body.contentId, 'TOOL');
  if (!open) return announce(state, toolUse);
  const [contentId, content] = open;
  const filled = { ...content, toolUses: [...content.toolUses, toolUse] };
  return nothing({ ...state, contents: new Map(state.contents).set(contentId, filled) });
};

const closeText = (state: SonicState, content: OutputContent, stopReason: string | undefined): Heard => {
  const response = state.responses.find(({ id }) => id === content.responseId);
  if (content.stage !== 'final' || !response) return nothing(state);
  const finalTexts = response.finalTexts + 1;
  const counted = changed(state, response.id, { finalTexts });
  const isWhole = stopReason === 'END_TURN' || (response.audioEnded && finalTexts >= response.speculativeTexts);
  return response.status === 'open' && isWhole ? end(counted, response) : nothing(counted);
};

const closeAudio = (state: SonicState, content: OutputContent, stopReason: string | undefined): Heard => {
  const response = state.responses.find(({ id }) => id === content.responseId);
  if (stopReason !== 'END_TURN' || response?.status !== 'open') return nothing(state);
  const spoken = changed(state, response.id, { audioEnded: true });
  return response.finalTexts >= response.speculativeTexts ? end(spoken, response) : nothing(spoken);
};

const closeTool = (state: SonicState, content: OutputContent): Heard =>
  content.toolUses.reduce<Heard>((heard, toolUse) => {
    const next = announce(heard.state, toolUse);
    return { state: next.state, events: [...heard.events, ...next.events] };
  }, nothing(state));

const closed = (state: SonicState, content: OutputContent, stopReason: string | undefined): Heard => {
  if (content.role === 'USER') return nothing(state);
  if (stopReason === 'INTERRUPTED') {
    // What is left of a response that was interrupted before closes without a second sign.
    const isLeftOver = content.responseId !== undefined && content.responseId !== newest(state)?.id;
    return isLeftOver ? nothing(state) : interrupt(state);
  }
  if (content.kind === 'TOOL') return closeTool(state, content);
  return content.kind === 'TEXT' ? closeText(state, content, stopReason) : closeAudio(state, content, stopReason);
};

/** Stop reasons that mean that the model refused. */
const REFUSED = /FILTER|GUARDRAIL|BLOCKED/;

const onContentEnd = (state: SonicState, body: Body<'contentEnd'>): Heard => {
  const open = contentOf(state, body.contentId, undefined);
  if (!open) return body.stopReason === 'INTERRUPTED' ? interrupt(state) : counted(state, 'unknownEvents');
  const [contentId, content] = open;
  const contents = new Map(state.contents);
  contents.delete(contentId);
  const heard = closed({ ...state, contents }, content, body.stopReason);
  if (body.stopReason === undefined || !REFUSED.test(body.stopReason)) return heard;
  const error = new EngineError('filtered', `The model refused to go on (${body.stopReason}).`);
  return { state: heard.state, events: [...heard.events, { type: 'problem', error }] };
};

const onCompletionEnd = (state: SonicState, { stopReason }: Body<'completionEnd'>): Heard => {
  const cut = stopReason === 'INTERRUPTED' ? interrupt(state) : nothing(state);
  const left = [...cut.state.contents.values()].reduce<Heard>((heard, content) => {
    const next = closeTool(heard.state, content);
    return { state: next.state, events: [...heard.events, ...next.events] };
  }, cut);
  const ended = endOpen({ ...left.state, contents: new Map() });
  return { state: ended.state, events: [...left.events, ...ended.events] };
};

const onUsage = (state: SonicState, body: Body<'usageEvent'>): Heard => {
  const delta = body.details?.delta;
  const usage: EngineUsage = {
    inputSpeechTokens: delta?.input?.speechTokens ?? 0,
    inputTextTokens: delta?.input?.textTokens ?? 0,
    outputSpeechTokens: delta?.output?.speechTokens ?? 0,
    outputTextTokens: delta?.output?.textTokens ?? 0,
  };
  const isEmpty = Object.values(usage).every((tokens) => tokens === 0);
  return isEmpty ? nothing(state) : { state, events: [{ type: 'usage', usage }] };
};

/** What one event of the model means. Pure; never throws. */
export const heard = (state: SonicState, output: SonicOutput): Heard => {
  switch (output.type) {
    case 'completionStart':
      return nothing(state);
    case 'contentStart':
      return onContentStart(state, output.body);
    case 'textOutput':
      return onTextOutput(state, output.body);
    case 'audioOutput':
      return onAudioOutput(state, output.body);
    case 'toolUse':
      return onToolUse(state, output.body);
    case 'contentEnd':
      return onContentEnd(state, output.body);
    case 'completionEnd':
      return onCompletionEnd(state, output.body);
    case 'usageEvent':
      return onUsage(state, output.body);
    case 'unknown':
      return counted(state, 'unknownEvents');
  }
};
