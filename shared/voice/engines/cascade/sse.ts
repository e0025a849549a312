import { ProviderError } from '../../../providers/provider-error.ts';

/** A line that is longer is no event of ours. */
const MAX_LINE_CHARACTERS = 1_000_000;

const dataOf = (line: string): string | undefined =>
  line.startsWith('data:') ? line.slice('data:'.length).trim() : undefined;

/** The `data` lines of server-sent events, as they come in bytes cut anywhere. Throws `ProviderError` `misbehaved` for a line without end. */
export async function* sseData(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string, void> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const piece of bytes) {
    const lines = (rest + decoder.decode(piece, { stream: true })).split(/\r?\n/);
    rest = lines.pop() ?? '';
    if (rest.length > MAX_LINE_CHARACTERS)
      throw new ProviderError('misbehaved', 'The service sends a line without end.');
    for (const line of lines) {
      const data = dataOf(line);
      if (data !== undefined) yield data;
    }
  }
  const last = dataOf(rest);
  if (last !== undefined) yield last;
}
