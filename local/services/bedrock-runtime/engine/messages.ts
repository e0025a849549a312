import type { ContentBlock, ConverseRequest, Message, Tool } from '@aws-sdk/client-bedrock-runtime';

/** A tool as the model is told of it. */
export interface OfferedTool {
  readonly name: string;
  readonly description: string;
  readonly schema: ToolSchema;
}

export interface ToolSchema {
  readonly properties: Readonly<Record<string, PropertySchema>>;
  readonly required: readonly string[];
}

export interface PropertySchema {
  readonly type?: string;
  readonly description?: string;
  readonly pattern?: string;
  readonly format?: string;
  readonly enum?: readonly string[];
}

export interface ToolAnswer {
  /** Of the call it answers. */
  readonly toolName: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly isError: boolean;
  readonly json: Readonly<Record<string, unknown>>;
  readonly text: string;
}

/** A Converse request, read. */
export interface Reading {
  readonly system: string;
  readonly tools: readonly OfferedTool[];
  /** What was said so far, oldest first; the newest is the user's. */
  readonly turns: readonly { readonly role: string; readonly text: string }[];
  /** What the customer said, oldest first; tool results left out. */
  readonly userTexts: readonly string[];
  /** The assistant's last words before the newest user text. */
  readonly lastAssistantText: string;
  /** Tool calls since the newest user text, with what came back. */
  readonly toolAnswers: readonly ToolAnswer[];
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Reads what the engine needs from a Converse request. */
export function readRequest(request: Omit<ConverseRequest, 'modelId'>): Reading {
  const messages = request.messages ?? [];
  const newest = messages.findLastIndex((message) => message.role === 'user' && textOf(message) !== '');
  const before = messages.slice(0, Math.max(newest, 0));
  return {
    system: (request.system ?? []).flatMap((block) => (block.text === undefined ? [] : [block.text])).join('\n'),
    tools: (request.toolConfig?.tools ?? []).flatMap(offeredTool),
    userTexts: messages
      .filter((message) => message.role === 'user')
      .map(textOf)
      .filter((text) => text !== ''),
    turns: messages
      .slice(0, newest + 1)
      .map((message) => ({ role: message.role ?? '', text: textOf(message) }))
      .filter(({ text }) => text !== ''),
    lastAssistantText: textOf(before.findLast((message) => message.role === 'assistant')),
    toolAnswers: toolAnswersOf(messages.slice(newest + 1)),
  };
}

const textOf = (message: Message | undefined): string =>
  (message?.content ?? [])
    .flatMap((block) => (block.text === undefined ? [] : [block.text]))
    .join('\n')
    .trim();

function offeredTool(tool: Tool): OfferedTool[] {
  const spec = tool.toolSpec;
  if (spec?.name === undefined) return [];
  const json: unknown = spec.inputSchema?.json;
  const properties = isRecord(json) && isRecord(json.properties) ? json.properties : {};
  const required = isRecord(json) && Array.isArray(json.required) ? json.required : [];
  return [
    {
      name: spec.name,
      description: spec.description ?? '',
      schema: {
        properties: Object.fromEntries(
          Object.entries(properties).map(([name, value]) => [name, propertySchema(value)]),
        ),
        required: required.filter((name): name is string => typeof name === 'string'),
      },
    },
  ];
}

function propertySchema(value: unknown): PropertySchema {
  if (!isRecord(value)) return {};
  const text = (key: string): Record<string, string> => {
    const member = value[key];
    return typeof member === 'string' ? { [key]: member } : {};
  };
  const choices = value.enum;
  return {
    ...text('type'),
    ...text('description'),
    ...text('pattern'),
    ...text('format'),
    ...(Array.isArray(choices) ? { enum: choices.filter((choice) => typeof choice === 'string') } : {}),
  };
}

function toolAnswersOf(messages: readonly Message[]): ToolAnswer[] {
  const blocks = messages.flatMap((message) => message.content ?? []);
  const calls = blocks.flatMap((block) => (block.toolUse === undefined ? [] : [block.toolUse]));
  return blocks.flatMap((block) => {
    const result = block.toolResult;
    if (result === undefined) return [];
    const call = calls.find(({ toolUseId }) => toolUseId === result.toolUseId);
    const input: unknown = call?.input;
    return [
      {
        toolName: call?.name ?? '',
        input: isRecord(input) ? input : {},
        isError: result.status === 'error',
        ...contentOf(result.content ?? []),
      },
    ];
  });
}

/** JSON may come as a JSON block or as text. */
function contentOf(
  content: readonly { json?: unknown; text?: string | undefined }[],
): Pick<ToolAnswer, 'json' | 'text'> {
  const text = content.flatMap((block) => (block.text === undefined ? [] : [block.text])).join('\n');
  const json = content.map((block) => block.json).find(isRecord);
  if (json !== undefined) return { json, text };
  try {
    const parsed: unknown = JSON.parse(text);
    return { json: isRecord(parsed) ? parsed : {}, text };
  } catch {
    return { json: {}, text };
  }
}

/** What the model does next. */
export type Reply =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'tool'; readonly name: string; readonly input: Readonly<Record<string, unknown>> };

/** The reply as content blocks. */
export const contentBlocks = (reply: Reply, toolUseId: string): ContentBlock[] =>
  reply.kind === 'text'
    ? [{ text: reply.text }]
    : [{ toolUse: { toolUseId, name: reply.name, input: structuredClone(reply.input) as Document } }];

type Document = NonNullable<NonNullable<ContentBlock['toolUse']>['input']>;
