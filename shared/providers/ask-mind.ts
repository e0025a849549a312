import { bedrockMind } from '../voice/engines/cascade/llm-bedrock.ts';
import type { ChatModel, ToolUse } from '../voice/engines/cascade/ports.ts';
import { foreignMind } from '../voice/engines/cascade/provider-parts.ts';
import { timed } from '../voice/engines/cascade/timed.ts';
import { EngineError } from '../voice/engines/speech-engine.ts';
import type { SessionClock } from '../voice/session/clock.ts';
import type { AskAnswer, AskRequest } from './asked-mind.ts';
import { failureOf } from './failure-of.ts';
import type { KeySeal } from './key-seal.ts';
import { ProviderError } from './provider-error.ts';
import type { ProviderNetwork } from './provider-network.ts';
import { sealedFor } from './same-service.ts';

export interface AskMindDeps {
  readonly clock: SessionClock;
  readonly network: ProviderNetwork;
  readonly seal: Pick<KeySeal, 'open'>;
  /** In the place of Bedrock, for tests. */
  readonly parts?: { readonly llm?: ChatModel };
}

type Answered = Omit<Extract<AskAnswer, { outcome: 'answered' }>, 'outcome'>;

/** How often a service is asked that has no room, or fails; nobody has read anything of its answer yet. */
const MAX_ATTEMPTS = 3;
const FIRST_PAUSE_MS = 400;
/** A service that is asked again needs this long to say anything. */
const SHORTEST_ANSWER_MS = 1500;
/** Nothing for so long in the middle of an answer: it will not come any more. */
const MAX_SILENCE_MS = 15_000;

/**
 * Asks a mind for one round, and again where its failure may pass and there is time. Throws what is no failure of the
 * provider.
 */
export const askMind =
  (deps: AskMindDeps) =>
  async (request: AskRequest): Promise<AskAnswer> => {
    try {
      return { outcome: 'answered', ...(await patiently(deps, request)) };
    } catch (error) {
      return { outcome: 'failed', failure: failureOf(error) };
    }
  };

const patiently = async (deps: AskMindDeps, request: AskRequest): Promise<Answered> => {
  const { clock } = deps;
  const untilMs = clock.now() + request.timeoutMs;
  const mind = mindOf(deps, request);
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await oneRound(mind, clock, request, untilMs);
    } catch (error) {
      const pauseMs = pauseAfter(error, attempt, untilMs - clock.now());
      if (pauseMs === undefined) throw error;
      await clock.sleep(pauseMs);
    }
  }
};

/** How long to wait before asking again, in milliseconds; undefined: it would not help, or there is no time for it. */
export const pauseAfter = (error: unknown, attempt: number, leftMs: number): number | undefined => {
  if (attempt >= MAX_ATTEMPTS || !passes(error)) return undefined;
  const wished = error instanceof ProviderError ? error.retryAfterSeconds : undefined;
  const pauseMs = wished === undefined ? FIRST_PAUSE_MS * 2 ** (attempt - 1) : wished * 1000;
  return pauseMs + SHORTEST_ANSWER_MS <= leftMs ? pauseMs : undefined;
};

const passes = (error: unknown): boolean => {
  if (error instanceof ProviderError) {
    return error.fault === 'unreachable' || (error.fault === 'overloaded' && error.kind !== 'quota');
  }
  return error instanceof EngineError && (error.kind === 'throttled' || error.kind === 'unavailable');
};

const mindOf = ({ network, seal, parts }: AskMindDeps, { mind, userId }: AskRequest): ChatModel => {
  const { llm, sealedKey } = mind;
  if (llm.provider === 'bedrock') return parts?.llm ?? bedrockMind({ modelId: llm.modelId ?? '' });
  const apiKey = (): Promise<string> =>
    sealedKey === undefined
      ? Promise.reject(new ProviderError('key-missing', 'There is no key for the agent’s language model.'))
      : seal.open(sealedKey, sealedFor(userId, llm));
  return foreignMind(llm, { apiKey, network });
};

const oneRound = async (
  mind: ChatModel,
  clock: SessionClock,
  { system, messages, tools, maxTokens }: AskRequest,
  untilMs: number,
): Promise<Answered> => {
  const [over, read] = [new AbortController(), new AbortController()];
  void clock.sleep(Math.max(0, untilMs - clock.now()), read.signal).then(
    () => over.abort(),
    () => undefined,
  );
  try {
    const chat = { system, messages, tools, maxTokens, signal: over.signal };
    const answered = await gathered(timed(mind.answer(chat), MAX_SILENCE_MS, clock, 'The language model'));
    // A mind that is cut off falls silent without an error.
    if (over.signal.aborted) throw new ProviderError('timeout', 'The service did not finish its answer in time.');
    if (answered.text.trim() === '' && answered.toolUses.length === 0) {
      throw new ProviderError('misbehaved', 'The model answered without a word.');
    }
    return answered;
  } finally {
    read.abort();
  }
};

const gathered = async (events: ReturnType<ChatModel['answer']>): Promise<Answered> => {
  const toolUses: ToolUse[] = [];
  let [text, inputTokens, outputTokens] = ['', 0, 0];
  for await (const event of events) {
    if (event.type === 'text') text += event.text;
    else if (event.type === 'tool-use') {
      toolUses.push({ toolUseId: event.toolUseId, name: event.name, input: event.input });
    } else {
      inputTokens += event.inputTokens;
      outputTokens += event.outputTokens;
    }
  }
  return { text, toolUses, inputTokens, outputTokens };
};
