import {
  type BaseModelConfig,
  type ContentBlock,
  type Message,
  Model,
  type ModelStreamEvent,
  type StreamOptions,
  type SystemContentBlock,
  type ToolResultBlock,
} from '@strands-agents/sdk';
import type { AgentMind } from '../../shared/providers/agent-mind.ts';
import type { AskAnswer, AskRequest } from '../../shared/providers/asked-mind.ts';
import { errorOfFailure } from '../../shared/providers/failure-of.ts';
import type { Asking } from '../../shared/providers/provider-function-lambda.ts';

export interface MindModelOptions {
  readonly mind: AgentMind;
  /** The tenant whose key it is. */
  readonly userId: string;
  readonly maxTokens: number;
  readonly ask: Asking;
  /** Milliseconds left for the whole answer. */
  readonly leftMs: () => number;
}

/** The longest that one round may take: the next ones need time, too. */
const MAX_ROUND_MS = 22_000;
/** So that the reason is told before the answer's own time is over. */
const TO_TELL_MS = 1000;

/**
 * A language model that the agent's owner has chosen, asked by the function `speak-to-provider`, which alone can open its
 * key and alone dials its address. Throws `ProviderError`.
 */
export class MindModel extends Model<BaseModelConfig> {
  readonly #options: MindModelOptions;
  #config: BaseModelConfig;

  constructor(options: MindModelOptions) {
    super();
    this.#options = options;
    this.#config = { modelId: modelIdOf(options.mind), maxTokens: options.maxTokens };
  }

  override updateConfig(config: BaseModelConfig): void {
    this.#config = { ...this.#config, ...config };
  }

  override getConfig(): BaseModelConfig {
    return this.#config;
  }

  override async *stream(messages: Message[], options: StreamOptions = {}): AsyncIterable<ModelStreamEvent> {
    const { mind, userId, maxTokens, ask, leftMs } = this.#options;
    const timeoutMs = Math.round(Math.min(MAX_ROUND_MS, Math.max(1, leftMs() - TO_TELL_MS)));
    const request = { type: 'ask' as const, userId, mind, maxTokens, timeoutMs, ...chatOf(messages, options) };
    const answer = await ask(request, options.cancelSignal);
    if (answer.outcome === 'failed') throw errorOfFailure(answer.failure);
    yield* eventsOf(answer);
  }
}

const modelIdOf = ({ llm }: AgentMind): string => (llm.provider === 'bedrock' ? (llm.modelId ?? '') : llm.model);

type Chat = Pick<AskRequest, 'system' | 'messages' | 'tools'>;

const chatOf = (messages: readonly Message[], { systemPrompt, toolSpecs = [] }: StreamOptions): Chat => ({
  system: typeof systemPrompt === 'string' ? systemPrompt : textOf(systemPrompt ?? []),
  messages: messages.flatMap((message) => messagesOf(message)),
  tools: toolSpecs.map(({ name, description, inputSchema }) => ({
    name,
    description,
    inputSchema: { ...(inputSchema as Readonly<Record<string, unknown>>) },
  })),
});

const textOf = (blocks: readonly (ContentBlock | SystemContentBlock)[]): string =>
  blocks.flatMap((block) => (block.type === 'textBlock' ? [block.text] : [])).join('\n');

/** Results of tools come in a message of the user's; they are messages of their own to everybody else. */
const messagesOf = ({ role, content }: Message): Chat['messages'] => {
  const text = textOf(content);
  if (role === 'assistant') {
    const toolUses = content.flatMap((block) =>
      block.type === 'toolUseBlock' ? [{ toolUseId: block.toolUseId, name: block.name, input: block.input }] : [],
    );
    return [{ role, text, toolUses }];
  }
  const results = content.flatMap((block: ContentBlock) => (block.type === 'toolResultBlock' ? [resultOf(block)] : []));
  return [
    ...(results.length === 0 ? [] : [{ role: 'tool' as const, results }]),
    ...(text === '' ? [] : [{ role: 'user' as const, text }]),
  ];
};

const resultOf = ({ toolUseId, status, content }: ToolResultBlock) => {
  const said = content.flatMap((block): unknown[] => {
    if (block.type === 'jsonBlock') return [block.json];
    return block.type === 'textBlock' ? [block.text] : [];
  });
  const result = said.length === 1 ? said[0] : said;
  return { toolUseId, content: status === 'error' ? { error: result } : result };
};

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value);

/** The whole answer as the agent loop wants it: as a stream. Arguments that are no object are none. */
function* eventsOf(answer: Extract<AskAnswer, { outcome: 'answered' }>): Generator<ModelStreamEvent, void> {
  const { text, toolUses, inputTokens, outputTokens } = answer;
  yield { type: 'modelMessageStartEvent', role: 'assistant' };
  if (text !== '') {
    yield { type: 'modelContentBlockStartEvent' };
    yield { type: 'modelContentBlockDeltaEvent', delta: { type: 'textDelta', text } };
    yield { type: 'modelContentBlockStopEvent' };
  }
  for (const { toolUseId, name, input } of toolUses) {
    yield { type: 'modelContentBlockStartEvent', start: { type: 'toolUseStart', name, toolUseId } };
    const json = JSON.stringify(isObject(input) ? input : {});
    yield { type: 'modelContentBlockDeltaEvent', delta: { type: 'toolUseInputDelta', input: json } };
    yield { type: 'modelContentBlockStopEvent' };
  }
  yield { type: 'modelMessageStopEvent', stopReason: toolUses.length === 0 ? 'endTurn' : 'toolUse' };
  const totalTokens = inputTokens + outputTokens;
  yield { type: 'modelMetadataEvent', usage: { inputTokens, outputTokens, totalTokens } };
}
