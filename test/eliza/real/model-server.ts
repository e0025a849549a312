import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ModelServer {
  readonly url: string;
  /** What the model was asked for a reply, in order. */
  readonly prompts: string[];
  readonly close: () => void;
}

/** The width of OpenAI's `text-embedding-3-small`, which ElizaOS expects unless told otherwise. */
const VECTOR_WIDTH = 1536;

/**
 * As much of OpenAI's API as ElizaOS's plugin calls. The model says what it found in its prompt: the customer's last
 * words, and whether it was told of a `chartreuse` comforter before.
 */
export const startModelServer = async (): Promise<ModelServer> => {
  const prompts: string[] = [];
  const server = createServer((request, response) => {
    void answered(request, prompts).then(({ status, json }) => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(json));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  return { url, prompts, close: () => server.close() };
};

const answered = async (request: IncomingMessage, prompts: string[]): Promise<{ status: number; json: unknown }> => {
  const text = Buffer.concat((await request.toArray()) as Buffer[]).toString();
  const path = (request.url ?? '').replace(/^\/v1/, '');
  if (path === '/models') return { status: 200, json: { object: 'list', data: [{ id: 'any', object: 'model' }] } };
  if (path === '/embeddings') return { status: 200, json: embeddings() };
  if (path === '/responses') {
    prompts.push(text);
    return { status: 200, json: response(replyTo(text), prompts.length) };
  }
  return { status: 404, json: { error: { message: `no ${path}` } } };
};

const embeddings = () => ({
  object: 'list',
  model: 'any',
  data: [{ object: 'embedding', index: 0, embedding: [1, ...Array<number>(VECTOR_WIDTH - 1).fill(0)] }],
  usage: { prompt_tokens: 1, total_tokens: 1 },
});

const replyTo = (prompt: string): string => {
  const words = /marker-\d+(?![\s\S]*marker-\d+)/.exec(prompt)?.[0] ?? 'nothing';
  const said = `Reply to ${words}; ${prompt.includes('chartreuse') ? 'you asked for chartreuse' : 'no colour known'}.`;
  return `<response><thought>fine</thought><actions>REPLY</actions><providers></providers><text>${said}</text></response>`;
};

const response = (text: string, number: number) => ({
  id: `resp_${number}`,
  object: 'response',
  created_at: 1,
  status: 'completed',
  model: 'any',
  error: null,
  incomplete_details: null,
  output: [
    {
      type: 'message',
      id: `msg_${number}`,
      status: 'completed',
      role: 'assistant',
      content: [{ type: 'output_text', text, annotations: [] }],
    },
  ],
  usage: {
    input_tokens: 1,
    input_tokens_details: { cached_tokens: 0 },
    output_tokens: 1,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: 2,
  },
});
