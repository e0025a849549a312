import type { ContentBlock, Tool } from '@aws-sdk/client-bedrock-runtime';
import { validation } from '../../bedrock/common.ts';
import { type BrainDependencies, type Entry, type Inference, think } from './brain.ts';
import type { Mouth } from './mouth.ts';
import type { Output } from './output.ts';
import type { Usage } from './usage.ts';

/** Who speaks when: the caller's turns, the model's answers, and tools in between. */
export interface Conversation {
  readonly system: (text: string) => void;
  readonly remember: (role: 'user' | 'assistant', text: string) => void;
  readonly note: (text: string) => void;
  readonly speechStarted: () => void;
  /** The caller's turn is over; empty text when it was noise. */
  readonly heard: (text: string) => void;
  readonly typed: (text: string) => void;
  /** A tool result is on its way. Throws `ValidationException` when the tool use is unknown or answered. */
  readonly claimToolUse: (toolUseId: string) => void;
  readonly toolResult: (toolUseId: string, content: string) => void;
  readonly close: () => void;
}

export interface ConversationDependencies {
  readonly brain: BrainDependencies;
  readonly mouth: Mouth;
  readonly output: Output;
  readonly usage: Usage;
  readonly inference: Inference;
  readonly tools: readonly Tool[];
  /** Ends the session. */
  readonly fail: (error: unknown) => void;
}

/** A question on its way to its answer, with the tools used for it. */
interface Exchange {
  readonly entries: Entry[];
  readonly pending: Set<string>;
  readonly results: ContentBlock[];
}

/** Nova Sonic's tool results carry no status; by custom an `error` member says that the tool failed. */
function toolResultBlock(toolUseId: string, content: string): ContentBlock {
  const json = JSON.parse(content) as Readonly<Record<string, unknown>>;
  const status = json.error === undefined ? 'success' : 'error';
  return { toolResult: { toolUseId, status, content: [{ text: content }] } };
}

export function makeConversation(dependencies: ConversationDependencies): Conversation {
  const { mouth, output, usage } = dependencies;
  const system: string[] = [];
  const past: Entry[] = [];
  const waiting: Exchange[] = [];
  const toolUses = new Map<string, { readonly exchange: Exchange; claimed: boolean }>();
  let quiet: PromiseWithResolvers<void> | undefined;
  let busy = false;
  let closed = false;

  const answer = async (exchange: Exchange): Promise<void> => {
    const entries = [...past, ...exchange.entries];
    const { text, toolUses: uses } = await think(dependencies.brain, {
      system,
      entries,
      inference: dependencies.inference,
      tools: dependencies.tools,
    });
    // Nobody talks over the caller: an answer found meanwhile waits until his turn is over.
    await quiet?.promise;
    if (closed) return;
    for (const { toolUseId = '', name = '', input } of uses) {
      toolUses.set(toolUseId, { exchange, claimed: false });
      exchange.pending.add(toolUseId);
      usage.text('output', JSON.stringify(input));
      output.toolUse(toolUseId, name, input);
    }
    const content: ContentBlock[] = uses.map((toolUse) => ({ toolUse }));
    const spoken = text === '' ? undefined : mouth.speak(text);
    exchange.entries.push({ role: 'assistant', content, ...(spoken ? { reply: spoken.reply } : {}) });
    if (uses.length === 0) past.push(...exchange.entries);
    await spoken?.produced;
    usage.report();
  };
  const work = async (): Promise<void> => {
    if (busy) return;
    busy = true;
    try {
      for (let next = waiting.shift(); next && !closed; next = waiting.shift()) await answer(next);
    } catch (error) {
      dependencies.fail(error);
    } finally {
      busy = false;
    }
  };
  const ask = (text: string): void => {
    waiting.push({ entries: [{ role: 'user', content: [{ text }] }], pending: new Set(), results: [] });
    void work();
  };
  const told = (text: string): void => {
    usage.text('input', text);
  };

  return {
    system: (text) => {
      told(text);
      system.push(text);
    },
    note: (text) => {
      told(text);
      system.push(`Note during the call: ${text}`);
    },
    remember: (role, text) => {
      told(text);
      past.push({ role, content: [{ text }] });
    },
    speechStarted: () => {
      quiet ??= Promise.withResolvers();
      mouth.interrupt();
    },
    heard: (text) => {
      quiet?.resolve();
      quiet = undefined;
      if (text.trim() === '') return;
      output.text('USER', 'FINAL', text, 'PARTIAL_TURN');
      usage.report();
      ask(text);
    },
    typed: (text) => {
      told(text);
      ask(text);
    },
    claimToolUse: (toolUseId) => {
      const use = toolUses.get(toolUseId);
      if (use === undefined) throw validation(`No tool use found for toolUseId: ${toolUseId}`);
      if (use.claimed) throw validation(`The tool use has a result already. toolUseId: ${toolUseId}`);
      use.claimed = true;
    },
    toolResult: (toolUseId, content) => {
      const exchange = toolUses.get(toolUseId)?.exchange;
      if (exchange === undefined) return;
      told(content);
      exchange.results.push(toolResultBlock(toolUseId, content));
      exchange.pending.delete(toolUseId);
      if (exchange.pending.size > 0) return;
      exchange.entries.push({ role: 'user', content: exchange.results.splice(0) });
      waiting.push(exchange);
      void work();
    },
    close: () => {
      closed = true;
      waiting.length = 0;
      quiet?.resolve();
      mouth.close();
    },
  };
}
