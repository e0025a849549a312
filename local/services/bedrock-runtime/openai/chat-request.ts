import type {
  ContentBlock,
  ConverseRequest,
  Message,
  ToolChoice,
  ToolResultBlock,
} from '@aws-sdk/client-bedrock-runtime';

interface ChatMessage {
  readonly role: 'system' | 'user' | 'assistant' | 'tool';
  readonly content: string | null;
  readonly tool_calls?: readonly unknown[];
  readonly tool_call_id?: string;
}

/** A Converse request as an OpenAI chat completion request. Blocks other than text and tools are left out. */
export function toChatRequest(model: string, input: Omit<ConverseRequest, 'modelId'>): Record<string, unknown> {
  const system = (input.system ?? []).flatMap((block) => (block.text === undefined ? [] : [block.text])).join('\n');
  const tools = (input.toolConfig?.tools ?? []).flatMap(({ toolSpec }) =>
    toolSpec === undefined
      ? []
      : [
          {
            type: 'function',
            function: {
              name: toolSpec.name,
              description: toolSpec.description,
              parameters: toolSpec.inputSchema?.json,
            },
          },
        ],
  );
  const { maxTokens, temperature, topP, stopSequences } = input.inferenceConfig ?? {};
  return {
    model,
    messages: [
      ...(system === '' ? [] : [{ role: 'system', content: system }]),
      ...(input.messages ?? []).flatMap(chatMessages),
    ],
    ...(tools.length === 0 ? {} : { tools, tool_choice: toolChoice(input.toolConfig?.toolChoice) }),
    ...(maxTokens === undefined ? {} : { max_tokens: maxTokens }),
    ...(temperature === undefined ? {} : { temperature }),
    ...(topP === undefined ? {} : { top_p: topP }),
    ...(stopSequences === undefined ? {} : { stop: stopSequences }),
    stream: false,
  };
}

function toolChoice(choice: ToolChoice | undefined): unknown {
  if (choice?.tool?.name !== undefined) return { type: 'function', function: { name: choice.tool.name } };
  return choice?.any === undefined ? 'auto' : 'required';
}

/** Tool results are messages of their own there, and come before what the user says. */
function chatMessages({ role, content = [] }: Message): ChatMessage[] {
  const text = content.flatMap((block) => (block.text === undefined ? [] : [block.text])).join('\n');
  if (role === 'assistant') {
    const calls = content.flatMap(toolCall);
    return [
      { role: 'assistant', content: text === '' ? null : text, ...(calls.length === 0 ? {} : { tool_calls: calls }) },
    ];
  }
  const results = content.flatMap(({ toolResult }): ChatMessage[] =>
    toolResult === undefined
      ? []
      : [{ role: 'tool', tool_call_id: toolResult.toolUseId ?? '', content: resultText(toolResult) }],
  );
  return [...results, ...(text === '' ? [] : [{ role: 'user' as const, content: text }])];
}

const toolCall = ({ toolUse }: ContentBlock): unknown[] =>
  toolUse === undefined
    ? []
    : [
        {
          id: toolUse.toolUseId,
          type: 'function',
          function: { name: toolUse.name, arguments: JSON.stringify(toolUse.input ?? {}) },
        },
      ];

const resultText = ({ content = [], status }: ToolResultBlock): string => {
  const text = content.map((block) => block.text ?? JSON.stringify(block.json ?? {})).join('\n');
  return status === 'error' ? `Error: ${text}` : text;
};
