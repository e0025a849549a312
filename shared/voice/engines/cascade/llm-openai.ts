import * as z from 'zod';
import { faultOfAnswer, ProviderError } from '../../../providers/provider-error.ts';
import { EngineError } from '../speech-engine.ts';
import { type Sided, sided } from './conversation.ts';
import { type OpenAiService, openAiPost } from './openai-request.ts';
import type { ChatEvent, ChatModel, ChatRequest } from './ports.ts';
import { bodyBytes, bounded, jsonOf } from './provider-request.ts';
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

const Usage = z
  .object({ prompt_tokens: z.number().nonnegative().catch(0), completion_tokens: z.number().nonnegative().catch(0) })
  .nullish();

const Chunk = z.object({
  choices: z
    .array(
      z.object({
        delta: z.object({ content: z.string().nullish(), tool_calls: z.array(ToolCallDelta).nullish() }).nullish(),
        finish_reason: z.string().nullish(),
      }),
    )
    .nullish(),
  usage: Usage,
  error: z.unknown().optional(),
});
type Chunk = z.output<typeof Chunk>;

/** An answer in one piece, of services that do not stream. */
const Whole = z.object({
  choices: z
    .array(
      z.object({
        message: z.object({
          content: z.string().nullish(),
          tool_calls: z
            .array(ToolCallDelta.omit({ index: true }))
            .max(MAX_TOOL_CALLS)
            .nullish(),
        }),
        finish_reason: z.string().nullish(),
      }),
    )
    .nullish(),
  usage: Usage,
  error: z.unknown().optional(),
});

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

const bodyOf = (model: string, { system, messages, tools, maxTokens = MAX_TOKENS }: ChatRequest): string =>
  JSON.stringify({
    model,
    stream: true,
    stream_options: { include_usage: true },
    max_tokens: maxTokens,
    messages: [{ role: 'system', content: system }, ...sided(messages).flatMap(messageOf)],
    ...(tools.length > 0 && {
      tools: tools.map(({ name, description, inputSchema }) => ({
        type: 'function',
        function: { name, description, parameters: inputSchema },
      })),
    }),
  });

/** The service answers something, but not what was agreed. */
const misbehaved = (what: string, cause?: unknown): ProviderError => new ProviderError('misbehaved', what, { cause });

const NO_PROTOCOL = 'The service answers in words that are none of the protocol.';

const parsedChunk = (data: string): Chunk => {
  try {
    return Chunk.parse(JSON.parse(data));
  } catch (error) {
    throw misbehaved(NO_PROTOCOL, error);
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

/** A thousand tokens are some thousand characters; each comes in an event of its own, thinking aloud included. */
const MAX_STREAM_BYTES = 8_000_000;
const MAX_ANSWER_CHARACTERS = 100_000;

const billed = (usage: z.output<typeof Usage>): readonly ChatEvent[] =>
  usage ? [{ type: 'billed', inputTokens: usage.prompt_tokens, outputTokens: usage.completion_tokens }] : [];

const demandAllowed = (finish: string | null | undefined): void => {
  if (finish === 'content_filter') throw new EngineError('filtered', 'The model refused to answer.');
};

async function* streamedEvents(response: Response): AsyncGenerator<ChatEvent, void> {
  const calls = new Map<number, Call>();
  let [isWhole, hasBegun, characters] = [false, false, 0];
  let spent: z.output<typeof Usage>;
  for await (const data of sseData(bounded(bodyBytes(response), MAX_STREAM_BYTES))) {
    if (data === '[DONE]') {
      isWhole = true;
      break;
    }
    const { choices, usage, error } = parsedChunk(data);
    if (error !== undefined && error !== null) throw faultOfAnswer(error);
    hasBegun = true;
    const { delta, finish_reason: finish } = choices?.[0] ?? {};
    characters += charactersOf(delta);
    if (characters > MAX_ANSWER_CHARACTERS) throw misbehaved('The service sends an answer without end.');
    if (delta?.content) yield { type: 'text', text: delta.content };
    gather(calls, delta?.tool_calls ?? []);
    demandAllowed(finish);
    isWhole ||= (finish ?? '') !== '';
    // Some services tell the sum so far with every event: the last one holds.
    spent = usage ?? spent;
  }
  if (!hasBegun && !isWhole) throw misbehaved('The answer is no stream of events.');
  if (!isWhole) throw new ProviderError('unreachable', 'The language model broke off in the middle of its answer.');
  yield* billed(spent);
  yield* toolUses(calls);
}

const charactersOf = (delta: NonNullable<Chunk['choices']>[number]['delta']): number =>
  (delta?.content?.length ?? 0) +
  (delta?.tool_calls ?? []).reduce((sum, call) => sum + (call.function?.arguments?.length ?? 0), 0);

async function* wholeEvents(response: Response): AsyncGenerator<ChatEvent, void> {
  const parsed = Whole.safeParse(await jsonOf(response));
  if (!parsed.success) throw misbehaved(NO_PROTOCOL, parsed.error);
  const { choices, usage, error } = parsed.data;
  if (error !== undefined && error !== null) throw faultOfAnswer(error);
  const [choice] = choices ?? [];
  if (choice === undefined) throw misbehaved(NO_PROTOCOL);
  demandAllowed(choice.finish_reason);
  const { content, tool_calls: called } = choice.message;
  if (content) yield { type: 'text', text: content };
  yield* billed(usage);
  const calls = new Map<number, Call>();
  gather(
    calls,
    (called ?? []).map((call, index) => ({ ...call, index })),
  );
  yield* toolUses(calls);
}

async function* chatEvents(response: Response): AsyncGenerator<ChatEvent, void> {
  const type = response.headers.get('content-type') ?? '';
  if (/^(?:text\/html|audio\/|image\/|video\/)/.test(type))
    throw misbehaved(`The answer came as ${type.slice(0, 60)}.`);
  yield* type.startsWith('application/json') ? wholeEvents(response) : streamedEvents(response);
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
