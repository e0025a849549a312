import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { AwsContext } from '../../../shared/kernel/aws-request.ts';

export interface SeenRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** How one request is answered; `never` leaves it waiting. */
export type ScriptedAnswer =
  | { readonly status: number; readonly body?: string; readonly headers?: Record<string, string> }
  | 'never';

/** A service of AWS that answers as it is told; the last answer holds for all further requests. */
export const awsAnswers = async (...answers: readonly ScriptedAnswer[]) => {
  const seen: SeenRequest[] = [];
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const answer = answers[Math.min(seen.length, answers.length - 1)] ?? { status: 500 };
    const place = seen.push({
      method: request.method ?? '',
      url: request.url ?? '',
      headers: request.headers,
      body: '',
    });
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    seen[place - 1] = { ...seen[place - 1], body: Buffer.concat(chunks).toString() } as SeenRequest;
    if (answer !== 'never') response.writeHead(answer.status, answer.headers).end(answer.body);
  };
  const server = createServer((request, response) => void serve(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const context: AwsContext = {
    region: 'us-east-1',
    keys: { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'secret' },
    endpointUrl: url,
    now: () => Date.UTC(2026, 10, 21, 9),
    pause: async () => undefined,
  };
  return {
    url,
    seen,
    context,
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
};
