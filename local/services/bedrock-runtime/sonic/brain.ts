import type { ContentBlock, Message, Tool, ToolUseBlock } from '@aws-sdk/client-bedrock-runtime';
import { AwsError } from '../../../core/service.ts';
import type { Converse } from '../engine/index.ts';
import { ModelServerError } from '../openai/index.ts';
import type { PromptStart } from './input-events.ts';
import type { Reply } from './mouth.ts';

/** One message of the conversation; what the assistant said counts as far as it was heard. */
export interface Entry {
  readonly role: 'user' | 'assistant';
  readonly content: readonly ContentBlock[];
  readonly reply?: Reply;
}

export interface Inference {
  readonly maxTokens?: number | undefined;
  readonly topP?: number | undefined;
  readonly temperature?: number | undefined;
}

export interface Thought {
  readonly text: string;
  readonly toolUses: readonly ToolUseBlock[];
}

export interface BrainDependencies {
  readonly converse: Converse;
  readonly modelId: string;
}

export interface Question {
  readonly system: readonly string[];
  readonly inference: Inference;
  readonly tools: readonly Tool[];
  readonly entries: readonly Entry[];
}

/** The tools of a prompt in Converse's shape; their schemas are JSON objects, as the grammar has seen to. */
export const toolsOf = ({ toolConfiguration }: PromptStart): Tool[] =>
  (toolConfiguration?.tools ?? []).map(({ toolSpec: { name, description, inputSchema } }) => ({
    toolSpec: { name, description, inputSchema: { json: JSON.parse(inputSchema.json) as SchemaDocument } },
  }));

type SchemaDocument = NonNullable<NonNullable<NonNullable<Tool['toolSpec']>['inputSchema']>['json']>;

function blocksOf({ content, reply }: Entry): readonly ContentBlock[] {
  if (reply === undefined) return content;
  const text = reply.heard();
  return text === '' ? content : [{ text }, ...content];
}

/** Entries as Converse takes them: messages of one role after the other are one. */
function messagesOf(entries: readonly Entry[]): Message[] {
  const messages: { role: 'user' | 'assistant'; content: ContentBlock[] }[] = [];
  for (const entry of entries) {
    const blocks = blocksOf(entry);
    const last = messages.at(-1);
    if (blocks.length === 0) continue;
    if (last?.role === entry.role) last.content.push(...blocks);
    else messages.push({ role: entry.role, content: [...blocks] });
  }
  return messages;
}

/** What the model does next. Throws `ThrottlingException`, `ModelStreamErrorException`. */
export async function think({ converse, modelId }: BrainDependencies, question: Question): Promise<Thought> {
  const { system, inference, tools, entries } = question;
  const response = await converse(modelId, {
    system: system.map((text) => ({ text })),
    messages: messagesOf(entries),
    inferenceConfig: inference,
    ...(tools.length === 0 ? {} : { toolConfig: { tools: [...tools] } }),
  }).catch((error: unknown) => {
    if (!(error instanceof ModelServerError)) throw error;
    if (error.name === 'ThrottlingException') throw new AwsError(error.name, error.message, 429);
    throw new AwsError('ModelStreamErrorException', error.message, 424);
  });
  const blocks = response.output?.message?.content ?? [];
  return {
    text: blocks
      .flatMap(({ text }) => (text === undefined ? [] : [text]))
      .join('\n')
      .trim(),
    toolUses: blocks.flatMap(({ toolUse }) => (toolUse === undefined ? [] : [toolUse])),
  };
}
