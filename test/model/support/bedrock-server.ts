import type { IncomingMessage, ServerResponse } from 'node:http';
import MiniSearch from 'minisearch';
import { listen, readBody } from '../../../local/core/listener.ts';
import { type Converse, makeConverse } from '../../../local/services/bedrock-runtime/engine/index.ts';
import { chunkDocument } from '../../../local/services/documents/chunk-document.ts';
import { readDocument } from '../../../local/services/documents/read-document.ts';

export interface BedrockServer {
  readonly url: string;
  /** Bodies of the requests that came, oldest first. */
  readonly requests: { path: string; body: Record<string, unknown> }[];
  readonly close: () => Promise<void>;
}

interface StoredPassage {
  readonly id: number;
  readonly uri: string;
  readonly text: string;
}

/** Documents by path, as text or bytes. */
export type Documents = Readonly<Record<string, string | Buffer>>;

export function engine(): Converse {
  const ids = Array.from({ length: 10_000 }, (_, index) => `${index}`).values();
  return makeConverse({ newId: () => ids.next().value ?? 'last', monotonicMs: () => 0 });
}

async function passagesOf(documents: Documents, keyPrefix: string): Promise<StoredPassage[]> {
  const chunked = await Promise.all(
    Object.entries(documents).map(async ([path, content]) => {
      const document = await readDocument({ name: path, bytes: Buffer.from(content) });
      return chunkDocument(document).map(({ text }) => ({ uri: `s3://bucket/${keyPrefix}${path}`, text }));
    }),
  );
  return chunked.flat().map((passage, id) => ({ id, ...passage }));
}

/** Speaks `Converse` and `Retrieve` as Bedrock does on the wire; retrieval is by words. */
export async function startBedrock(
  documents: Documents,
  options: { keyPrefix: string; converse?: Converse },
): Promise<BedrockServer> {
  const passages = await passagesOf(documents, options.keyPrefix);
  const index = new MiniSearch<StoredPassage>({ fields: ['text'], searchOptions: { prefix: true, fuzzy: 0.1 } });
  index.addAll(passages);
  const converse = options.converse ?? engine();
  const requests: BedrockServer['requests'] = [];
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = request.url ?? '';
    const body = JSON.parse((await readBody(request, 10_000_000)).toString('utf8')) as Record<string, unknown>;
    requests.push({ path, body });
    try {
      const result = path.includes('/converse')
        ? await converse('model', body)
        : { retrievalResults: retrieve(index, passages, body) };
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(result));
    } catch (error) {
      const name = error instanceof Error ? error.name : 'InternalServerException';
      const status = name === 'ThrottlingException' ? 429 : name === 'ValidationException' ? 400 : 500;
      response.writeHead(status, { 'x-amzn-errortype': name }).end(JSON.stringify({ message: 'scripted' }));
    }
  };
  const listener = await listen(0, { request: (request, response) => void answer(request, response) });
  return { url: `http://127.0.0.1:${listener.port}`, requests, close: listener.close };
}

function retrieve(index: MiniSearch<StoredPassage>, passages: readonly StoredPassage[], body: Record<string, unknown>) {
  const { text } = body.retrievalQuery as { text: string };
  const found = index.search(text).slice(0, 12);
  const top = found[0]?.score ?? 1;
  return found.map(({ id, score }) => ({
    content: { type: 'TEXT', text: passages[id as number]?.text },
    location: { type: 'S3', s3Location: { uri: passages[id as number]?.uri } },
    score: score / top / 1.2,
  }));
}
