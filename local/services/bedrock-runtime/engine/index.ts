import type {
  ContentBlock,
  ConverseRequest,
  ConverseResponse,
  ConverseStreamOutput,
} from '@aws-sdk/client-bedrock-runtime';
import { makeOpenAiConverse } from '../openai/index.ts';
import { decide } from './converse.ts';
import { contentBlocks, readRequest } from './messages.ts';
import { specificationTool, submitSpecification } from './specify/index.ts';

export type ConverseInput = Omit<ConverseRequest, 'modelId'>;
export type Converse = (modelId: string, input: ConverseInput) => Promise<ConverseResponse>;

export interface ConverseOptions {
  /** Base URL of an OpenAI-compatible server (`http://host:1234/v1`); without it the extractive engine answers. */
  readonly modelUrl?: string | undefined;
  readonly modelApiKey?: string | undefined;
  /** Sent instead of the Bedrock model id, which such a server does not know. */
  readonly modelName?: string | undefined;
  /** For `ToolUse` ids. */
  readonly newId: () => string;
  /** Milliseconds of any monotonic clock. */
  readonly monotonicMs: () => number;
}

/**
 * The model behind the embedded Bedrock, in Converse's shapes. Rejects with what the OpenAI-compatible server failed
 * with; the extractive engine never rejects.
 */
export const makeConverse = (options: ConverseOptions): Converse =>
  options.modelUrl === undefined || options.modelUrl === ''
    ? extractiveConverse(options)
    : makeOpenAiConverse({ ...options, modelUrl: options.modelUrl });

const extractiveConverse =
  ({ newId, monotonicMs }: ConverseOptions): Converse =>
  async (_modelId, input) => {
    const startedMs = monotonicMs();
    const reading = readRequest(input);
    const specification = specificationTool(reading);
    const reply = specification === undefined ? decide(reading) : submitSpecification(reading, specification);
    const content = contentBlocks(reply, `tooluse_${newId()}`);
    const inputTokens = tokensOf(JSON.stringify([input.system ?? [], input.messages ?? [], input.toolConfig ?? {}]));
    const outputTokens = tokensOf(JSON.stringify(content));
    return {
      output: { message: { role: 'assistant', content } },
      stopReason: reply.kind === 'tool' ? 'tool_use' : 'end_turn',
      usage: { inputTokens, outputTokens, totalTokens: inputTokens + outputTokens },
      metrics: { latencyMs: Math.round(monotonicMs() - startedMs) },
    };
  };

/** About four characters of English a token. */
const tokensOf = (text: string): number => Math.ceil(text.length / 4);

/** A finished answer as the events of `ConverseStream`, in Bedrock's order. */
export function streamEvents(response: ConverseResponse): ConverseStreamOutput[] {
  const blocks = response.output?.message?.content ?? [];
  return [
    { messageStart: { role: 'assistant' } },
    ...blocks.flatMap(blockEvents),
    { messageStop: { stopReason: response.stopReason ?? 'end_turn' } },
    { metadata: { usage: response.usage, metrics: response.metrics } },
  ];
}

function blockEvents(block: ContentBlock, contentBlockIndex: number): ConverseStreamOutput[] {
  const stop = { contentBlockStop: { contentBlockIndex } };
  if (block.toolUse !== undefined) {
    const { toolUseId, name, input } = block.toolUse;
    return [
      { contentBlockStart: { contentBlockIndex, start: { toolUse: { toolUseId, name } } } },
      { contentBlockDelta: { contentBlockIndex, delta: { toolUse: { input: JSON.stringify(input ?? {}) } } } },
      stop,
    ];
  }
  const words = (block.text ?? '').match(/\s*\S+\s*/g) ?? [];
  return [...words.map((text) => ({ contentBlockDelta: { contentBlockIndex, delta: { text } } })), stop];
}
