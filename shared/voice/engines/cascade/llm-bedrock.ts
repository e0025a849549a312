import type {
  BedrockRuntimeClient,
  ContentBlock,
  ConverseStreamOutput,
  Message,
  Tool,
  ToolInputSchema,
  ToolResultContentBlock,
} from '@aws-sdk/client-bedrock-runtime';
import { EngineError, type ToolDefinition } from '../speech-engine.ts';
import { awsEngineError } from './aws-errors.ts';
import { type Sided, sided } from './conversation.ts';
import type { ChatEvent, ChatModel, ChatRequest } from './ports.ts';
import { toolArguments } from './tool-arguments.ts';

/** A spoken answer is a few sentences. */
const MAX_TOKENS = 1024;
/** No byte for so long means that nothing comes any more. */
const REQUEST_TIMEOUT_MS = 30_000;

type Sdk = typeof import('@aws-sdk/client-bedrock-runtime');

export interface BedrockMindOptions {
  readonly modelId: string;
  readonly region?: string;
  readonly endpoint?: string;
  /** For tests; else made at the first call and kept. */
  readonly client?: Pick<BedrockRuntimeClient, 'send'>;
}

/** JSON of unknown origin, as Converse wants it. */
type Document = Extract<ToolResultContentBlock, { json: unknown }>['json'];

const asDocument = (value: unknown): Document => JSON.parse(JSON.stringify(value ?? null)) as Document;

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value);

const blocksOf = (message: Sided): ContentBlock[] => {
  if (message.role === 'user') return [{ text: message.text }];
  if (message.role === 'tool') {
    return message.results.map(({ toolUseId, content }) => ({
      toolResult: { toolUseId, content: [{ json: asDocument(isObject(content) ? content : { result: content }) }] },
    }));
  }
  return [
    ...(message.text.trim() === '' ? [] : [{ text: message.text }]),
    ...message.toolUses.map(({ toolUseId, name, input }) => ({
      toolUse: { toolUseId, name, input: asDocument(isObject(input) ? input : {}) },
    })),
  ];
};

/** Converse wants user and assistant in turns, the user first; results of tools are the user's. */
export const converseMessages = (messages: ChatRequest['messages']): Message[] => {
  const result: Message[] = [];
  for (const message of sided(messages)) {
    const role = message.role === 'assistant' ? 'assistant' : 'user';
    const content = blocksOf(message);
    const last = result.at(-1);
    if (last?.role === role) last.content?.push(...content);
    else if (result.length === 0 && role === 'assistant') {
      result.push({ role: 'user', content: [{ text: '(The call begins.)' }] }, { role, content });
    } else result.push({ role, content });
  }
  return result;
};

const toolOf = ({ name, description, inputSchema }: ToolDefinition): Tool => {
  const schema: ToolInputSchema = { json: asDocument(inputSchema) };
  return { toolSpec: { name, description, inputSchema: schema } };
};

const REFUSED = new Set(['guardrail_intervened', 'content_filtered']);

interface OpenToolUse {
  readonly toolUseId: string;
  readonly name: string;
  json: string;
}

/** A tool use comes in pieces: it is told when its block is closed. */
const toolUseOf = (open: Map<number, OpenToolUse>, event: ConverseStreamOutput): readonly ChatEvent[] => {
  const { contentBlockStart: start, contentBlockDelta: delta, contentBlockStop: stop } = event;
  const begun = start?.start?.toolUse;
  if (begun?.toolUseId !== undefined && begun.name !== undefined) {
    open.set(start?.contentBlockIndex ?? 0, { toolUseId: begun.toolUseId, name: begun.name, json: '' });
  }
  const written = open.get(delta?.contentBlockIndex ?? -1);
  if (written) written.json += delta?.delta?.toolUse?.input ?? '';
  const index = stop?.contentBlockIndex ?? -1;
  const done = open.get(index);
  if (!done) return [];
  open.delete(index);
  return [{ type: 'tool-use', toolUseId: done.toolUseId, name: done.name, input: toolArguments(done.json) }];
};

const wordsOf = ({ contentBlockDelta, metadata }: ConverseStreamOutput): readonly ChatEvent[] => {
  const text = contentBlockDelta?.delta?.text;
  if (text) return [{ type: 'text', text }];
  const usage = metadata?.usage;
  return usage ? [{ type: 'billed', inputTokens: usage.inputTokens ?? 0, outputTokens: usage.outputTokens ?? 0 }] : [];
};

async function* chatEvents(stream: AsyncIterable<ConverseStreamOutput>): AsyncGenerator<ChatEvent, void> {
  const open = new Map<number, OpenToolUse>();
  let isWhole = false;
  for await (const event of stream) {
    const exception = Object.values(event).find((member) => member instanceof Error);
    if (exception) throw exception;
    yield* wordsOf(event);
    yield* toolUseOf(open, event);
    if (!event.messageStop) continue;
    isWhole = true;
    const reason = event.messageStop.stopReason ?? '';
    if (REFUSED.has(reason)) throw new EngineError('filtered', `The model refused to answer (${reason}).`);
  }
  if (!isWhole) throw new EngineError('unavailable', 'The language model broke off in the middle of its answer.');
}

/** A Bedrock model over `ConverseStream` (IAM action `bedrock:InvokeModelWithResponseStream`). */
export const bedrockMind = ({ modelId, client: given, ...where }: BedrockMindOptions): ChatModel => {
  let loading: Promise<{ readonly sdk: Sdk; readonly client: Pick<BedrockRuntimeClient, 'send'> }> | undefined;
  const load = async () => {
    const sdk = await import('@aws-sdk/client-bedrock-runtime');
    const requestHandler = { requestTimeout: REQUEST_TIMEOUT_MS };
    return { sdk, client: given ?? new sdk.BedrockRuntimeClient({ ...where, requestHandler }) };
  };
  return {
    async *answer({ system, messages, tools, signal, maxTokens = MAX_TOKENS }) {
      try {
        loading ??= load();
        const { sdk, client } = await loading;
        const command = new sdk.ConverseStreamCommand({
          modelId,
          system: [{ text: system }],
          messages: converseMessages(messages),
          inferenceConfig: { maxTokens, temperature: 0.3 },
          ...(tools.length > 0 && { toolConfig: { tools: tools.map(toolOf) } }),
        });
        const { stream } = await client.send(command, { abortSignal: signal });
        if (!stream) throw new EngineError('unavailable', 'Bedrock answered without a stream.');
        yield* chatEvents(stream);
      } catch (error) {
        if (!signal.aborted) throw awsEngineError(error);
      }
    },
  };
};
