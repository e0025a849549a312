import { Agent, type AgentResult, type MessageData, type Model } from '@strands-agents/sdk';
import { isPriceKnown } from '../../shared/calls/price-tables.ts';
import { costOfUsage, NO_USAGE } from '../../shared/calls/prices.ts';
import type { AgentAnswer, AgentMessage, Turn } from '../../shared/messages/message.ts';
import type { AgentMind } from '../../shared/providers/agent-mind.ts';
import { HostError } from '../host/agentcore-server.ts';
import { citeAnswer, passageList } from './citations.ts';
import type { SearchKnowledge } from './knowledge.ts';
import type { LoadedAgent } from './load-agent.ts';
import { systemPrompt } from './system-prompt.ts';
import { type Conversation, strandsTools } from './tools.ts';

export interface AnswerDependencies {
  readonly agent: LoadedAgent;
  /** The runtime's own, or the one that the agent's owner has chosen; it may take this long (milliseconds). */
  readonly modelOf: (mind: AgentMind | undefined, leftMs: () => number) => Model;
  readonly search: SearchKnowledge;
  /** Unix milliseconds. */
  readonly now: () => number;
  readonly monotonicMs: () => number;
}

/** Model calls for one message; a search, a procedure and a hand-off in a row need four. */
const MAX_MODEL_CALLS = 6;
/** Below the 29 s after which API Gateway gives up. */
const ANSWER_TIMEOUT_MS = 25_000;
/** The model sees the last turns only; what is older rarely matters and always costs. */
const MAX_HISTORY_TURNS = 40;

/**
 * Answers one message of a conversation.
 * @throws HostError 504 after 25 s, 502 when the model does not stop calling tools; errors of Bedrock as they come, and
 *   `ProviderError` of a model of the owner's choice.
 */
export const answerMessage =
  (dependencies: AnswerDependencies) =>
  async (message: AgentMessage, hangUp: AbortSignal): Promise<AgentAnswer> => {
    const { agent, modelOf, search, monotonicMs } = dependencies;
    const untilMs = monotonicMs() + ANSWER_TIMEOUT_MS;
    const model = modelOf(message.mind, () => untilMs - monotonicMs());
    const today = new Date(dependencies.now()).toISOString().slice(0, 10);
    const signal = AbortSignal.any([hangUp, AbortSignal.timeout(ANSWER_TIMEOUT_MS)]);
    const conversation: Conversation = { passages: passageList(), toolCalls: [], handoff: null };
    const context = { search, monotonicMs, today, sessionId: message.sessionId, signal };
    const strands = new Agent({
      model,
      name: agent.definition.name,
      systemPrompt: systemPrompt(agent.prompt, agent.definition, {
        text: message.text,
        today,
        context: message.context,
      }),
      messages: historyOf(message.history),
      tools: strandsTools(agent.definition, agent.files, context, conversation),
      toolExecutor: 'sequential',
      printer: false,
      sandbox: false,
    });
    const result = await strands.invoke(message.text, { cancelSignal: signal, limits: { turns: MAX_MODEL_CALLS } });
    const { answer, citations } = citeAnswer(textOf(result), conversation.passages.all());
    return {
      answer,
      citations,
      toolCalls: conversation.toolCalls,
      handoff: conversation.handoff,
      usage: usageOf(result, model.modelId ?? '', dependencies.now()),
    };
  };

/** Converse wants turns that alternate and begin with the user. */
function historyOf(history: readonly Turn[]): MessageData[] {
  const merged: { role: Turn['role']; text: string }[] = [];
  for (const { role, text } of history.slice(-MAX_HISTORY_TURNS)) {
    const last = merged.at(-1);
    if (text.trim() === '' || (last === undefined && role === 'assistant')) continue;
    if (last?.role === role) last.text = `${last.text}\n${text}`;
    else merged.push({ role, text });
  }
  // The new message is a user's: a trailing user turn (whose answer was lost) would break the alternation.
  if (merged.at(-1)?.role === 'user') merged.pop();
  return merged.map(({ role, text }) => ({ role, content: [{ text }] }));
}

function textOf(result: AgentResult): string {
  if (result.stopReason === 'cancelled') throw new HostError(504, 'timeout', 'The answer took too long.');
  const text = result.lastMessage.content
    .flatMap((block) => (block.type === 'textBlock' ? [block.text] : []))
    .join('\n')
    .trim();
  if (result.stopReason === 'limitTurns' || text === '') {
    throw new HostError(502, 'no-answer', 'The model gave no answer.');
  }
  return text;
}

/** Tokens of all rounds, and their price at list; `nowMs` decides which list holds. */
function usageOf(result: AgentResult, modelId: string, nowMs: number): AgentAnswer['usage'] {
  const { inputTokens = 0, outputTokens = 0 } = result.metrics?.accumulatedUsage ?? {};
  const tokens = { ...NO_USAGE, inputTextTokens: inputTokens, outputTextTokens: outputTokens };
  const tariff = { modelId, speechToText: 'transcribe', textToSpeech: 'polly-neural' } as const;
  const { model: costMicroUsd } = costOfUsage(tokens, tariff, nowMs);
  return { inputTokens, outputTokens, modelId, costMicroUsd, priceKnown: isPriceKnown(modelId) };
}
