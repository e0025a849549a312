import type { ContentBlock, ConverseResponse, ConverseStreamOutput } from '@aws-sdk/client-bedrock-runtime';

/** Words of a text delta: enough for a reader to see a stream. */
const WORDS_A_DELTA = 8;

/** A whole answer as the events of `ConverseStream`. */
export async function* streamEvents(output: ConverseResponse): AsyncGenerator<ConverseStreamOutput> {
  const message = output.output?.message;
  yield { messageStart: { role: message?.role } };
  for (const [contentBlockIndex, block] of (message?.content ?? []).entries())
    yield* blockEvents(block, contentBlockIndex);
  yield {
    messageStop: { stopReason: output.stopReason, additionalModelResponseFields: output.additionalModelResponseFields },
  };
  yield { metadata: { usage: output.usage, metrics: output.metrics } };
}

function* blockEvents(block: ContentBlock, contentBlockIndex: number): Generator<ConverseStreamOutput> {
  if (block.toolUse !== undefined) {
    const { toolUseId, name, input } = block.toolUse;
    yield { contentBlockStart: { start: { toolUse: { toolUseId, name } }, contentBlockIndex } };
    yield { contentBlockDelta: { delta: { toolUse: { input: JSON.stringify(input) } }, contentBlockIndex } };
  }
  for (const text of piecesOf(block.text ?? '')) yield { contentBlockDelta: { delta: { text }, contentBlockIndex } };
  yield { contentBlockStop: { contentBlockIndex } };
}

const piecesOf = (text: string): string[] =>
  text.match(new RegExp(`(?:\\s*\\S+){1,${WORDS_A_DELTA}}\\s*`, 'g')) ?? (text === '' ? [] : [text]);
