import * as z from 'zod';
import { ProviderError } from '../../../providers/provider-error.ts';
import { EngineError } from '../speech-engine.ts';
import { type Sided, sided } from './conversation.ts';
import { type OpenAiService, openAiPost } from './openai-request.ts';
import type { ChatEvent, ChatModel, ChatRequest } from './ports.ts';
import { bodyBytes } from './provider-request.ts';
import { sseData } from './sse.ts';
import { toolArguments } from './tool-arguments.ts';

/** A spoken answer is a few sentences. */
const MAX_TOKENS = 1024;
/** Tools of one answer; a service that lies about their number must not fill the memory. */
const MAX_TOOL_CALLS = 16;

const ToolCallDelta = z.object({
  index: z
    .int()
    .nonnegative()
    .max(MAX_TOOL_CALLS - 1),
  id: z.string().nullish(),
  function: z.object({ name: z.string().nullish(), arguments: z.string().nullish() }).nullish(),
});

const Chunk = z.object({
  choices: z
    .array(
      z.object({
        delta: z.object({ content: z.string().nullish(), tool_calls: z.array(ToolCallDelta).nullish() }).nullish(),
        finish_reason: z.string().nullish(),
      }),
    )
    .nullish(),
  usage: z
    .object({ prompt_tokens: z.number().nonnegative().catch(0), completion_tokens: z.number().nonnegative().catch(0) })
    .nullish(),
  error: z.object({ message: z.string().nullish() }).nullish(),
});
type Chunk = z.output<typeof Chunk>;

const messageOf = (message: Sided): readonly Readonly<Record<string, unknown>>[] => {
  if (message.role === 'user') return [{ role: 'user', content: message.text }];
  if (message.role === 'tool') {
    return message.results.map(({ toolUseId, content }) => ({
      role: 'tool',
      tool_call_id: toolUseId,
      content: typeof content === 'string' ? content : JSON.stringify(content ?? null),
    }));
  }
  if (message.toolUses.length === 0) return [{ role: 'assistant', content: message.text }];
  const calls = message.toolUses.map(({ toolUseId, name, input }) => ({
    id: toolUseId,
    type: 'function',
    function: { name, arguments: typeof input === 'string' ? input : JSON.stringify(input ?? {}) },
  }));
  return [{ role: 'assistant', content: message.text === '' ? null : message.text, tool_calls: calls }];
};

const bodyOf = (model: string, { system, messages, tools }: ChatRequest): string =>
  JSON.stringify({
    model,
    stream: true,
    stream_options: { include_usage: true },
    max_tokens: MAX_TOKENS,
    messages: [{ role: 'system', content: system }, ...sided(messages).flatMap(messageOf)],
    ...(tools.length > 0 && {
      tools: tools.map(({ name, description, inputSchema }) => ({
        type: 'function',
        function: { name, description, parameters: inputSchema },
      })),
    }),
  });

const parsedChunk = (data: string): Chunk => {
  try {
    return Chunk.parse(JSON.parse(data));
  } catch (error) {
    throw new ProviderError('misbehaved', 'The service answers in words that are none of the protocol.', {
      cause: error,
    });
  }
};

interface Call {
  id: string;
  name: string;
  json: string;
}

/** Deltas of the same index are one call: its id and name come first, its arguments in pieces. */
const gather = (calls: Map<number, Call>, deltas: readonly z.output<typeof ToolCallDelta>[]): void => {
  for (const { index, id, function: called } of deltas) {
    const call = calls.get(index) ?? { id: '', name: '', json: '' };
    call.id ||= id ?? '';
    call.name ||= called?.name ?? '';
    call.json += called?.arguments ?? '';
    calls.set(index, call);
  }
};

const toolUses = (calls: ReadonlyMap<number, Call>): readonly ChatEvent[] =>
  [...calls.values()]
    .filter(({ id, name }) => id !== '' && name !== '')
    .map(({ id, name, json }) => ({ type: 'tool-use', toolUseId: id, name, input: toolArguments(json) }));

async function* chatEvents(response: Response): AsyncGenerator<ChatEvent, void> {
  const calls = new Map<number, Call>();
  const type = response.headers.get('content-type') ?? '';
  if (/^(?:text\/html|audio\/|image\/)/.test(type))
    throw new ProviderError('misbehaved', `The answer came as ${type}.`);
  let isWhole = false;
  for await (const data of sseData(bodyBytes(response))) {
    if (data === '[DONE]') {
      isWhole = true;
      break;
    }
    const { choices, usage, error } = parsedChunk(data);
    if (error)
      throw new ProviderError('unreachable', error.message ?? 'The service failed in the middle of its answer.');
    const choice = choices?.[0];
    if (choice?.delta?.content) yield { type: 'text', text: choice.delta.content };
    gather(calls, choice?.delta?.tool_calls ?? []);
    if (choice?.finish_reason === 'content_filter') throw new EngineError('filtered', 'The model refused to answer.');
    isWhole ||= (choice?.finish_reason ?? '') !== '';
    if (usage) yield { type: 'billed', inputTokens: usage.prompt_tokens, outputTokens: usage.completion_tokens };
  }
  if (!isWhole) throw new ProviderError('unreachable', 'The language model broke off in the middle of its answer.');
  yield* toolUses(calls);
}

/** Any service with OpenAI's `chat/completions`, streamed. */
export const openAiMind = (service: OpenAiService): ChatModel => ({
  async *answer(request) {
    try {
      const response = await openAiPost(service, 'chat/completions', bodyOf(service.model, request), request.signal);
      yield* chatEvents(response);
    } catch (error) {
      if (!request.signal.aborted) throw error;
    }
  },
});
