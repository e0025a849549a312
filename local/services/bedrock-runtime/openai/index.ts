import type { ConverseRequest, ConverseResponse } from '@aws-sdk/client-bedrock-runtime';
import * as z from 'zod';
import { toChatRequest } from './chat-request.ts';

export interface OpenAiOptions {
  /** Base URL up to and with `/v1`. */
  readonly modelUrl: string;
  readonly modelApiKey?: string | undefined;
  readonly modelName?: string | undefined;
  /** Milliseconds of any monotonic clock. */
  readonly monotonicMs: () => number;
}

/** The server refused or is not there; the name is the Bedrock exception it stands for. */
export class ModelServerError extends Error {
  readonly status: number;
  constructor(
    name: 'ThrottlingException' | 'ValidationException' | 'ServiceUnavailableException',
    status: number,
    message: string,
  ) {
    super(message);
    this.name = name;
    this.status = status;
  }
}

const ChatResponse = z.object({
  choices: z
    .array(
      z.object({
        finish_reason: z.string().nullish(),
        message: z.object({
          content: z.string().nullish(),
          tool_calls: z
            .array(
              z.object({ id: z.string().nullish(), function: z.object({ name: z.string(), arguments: z.string() }) }),
            )
            .nullish(),
        }),
      }),
    )
    .min(1),
  usage: z.object({ prompt_tokens: z.number(), completion_tokens: z.number() }).nullish(),
});
type ChatResponse = z.output<typeof ChatResponse>;

/** Local models on a processor are slow, a dead server should still be noticed. */
const TIMEOUT_MS = 120_000;

/** Converse over an OpenAI-compatible `/chat/completions`. Rejects with `ModelServerError`. */
export const makeOpenAiConverse =
  (options: OpenAiOptions) =>
  async (modelId: string, input: Omit<ConverseRequest, 'modelId'>): Promise<ConverseResponse> => {
    const startedMs = options.monotonicMs();
    const chat = await post(options, toChatRequest(options.modelName ?? modelId, input));
    return toConverseResponse(chat, Math.round(options.monotonicMs() - startedMs));
  };

async function post({ modelUrl, modelApiKey }: OpenAiOptions, body: unknown): Promise<ChatResponse> {
  const response = await fetch(`${modelUrl.replace(/\/$/, '')}/chat/completions`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(modelApiKey === undefined ? {} : { authorization: `Bearer ${modelApiKey}` }),
    },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).catch((error: unknown) => {
    throw new ModelServerError(
      'ServiceUnavailableException',
      503,
      `The model server cannot be reached: ${String(error)}`,
    );
  });
  const text = await response.text();
  if (!response.ok) throw refusal(response.status, text);
  const parsed = ChatResponse.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  throw new ModelServerError('ServiceUnavailableException', 503, 'The model server gave an answer of another form.');
}

function refusal(status: number, text: string): ModelServerError {
  const message = `The model server answered ${status}: ${text.slice(0, 300)}`;
  if (status === 429) return new ModelServerError('ThrottlingException', 429, message);
  if (status >= 400 && status < 500) return new ModelServerError('ValidationException', 400, message);
  return new ModelServerError('ServiceUnavailableException', 503, message);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function toConverseResponse({ choices, usage }: ChatResponse, latencyMs: number): ConverseResponse {
  const choice = choices[0];
  const calls = choice?.message.tool_calls ?? [];
  const text = choice?.message.content?.trim() ?? '';
  const inputTokens = usage?.prompt_tokens ?? 0;
  const outputTokens = usage?.completion_tokens ?? 0;
  return {
    output: {
      message: {
        role: 'assistant',
        content: [
          ...(text === '' ? [] : [{ text }]),
          ...calls.map((call, index) => ({
            toolUse: {
              toolUseId: call.id ?? `call_${index}`,
              name: call.function.name,
              input: toolInput(call.function.arguments),
            },
          })),
        ],
      },
    },
    stopReason: calls.length > 0 ? 'tool_use' : choice?.finish_reason === 'length' ? 'max_tokens' : 'end_turn',
    usage: { inputTokens, outputTokens, totalTokens: inputTokens + outputTokens },
    metrics: { latencyMs },
  };
}

const ToolInput = z.record(z.string(), z.json());

/** Small models write broken JSON at times; the tool then says what is missing. */
const toolInput = (text: string): z.output<typeof ToolInput> => {
  const parsed = ToolInput.safeParse(parseJson(text));
  return parsed.success ? parsed.data : {};
};
