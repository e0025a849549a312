import { lambdaAwsContext } from '../../kernel/aws-context.ts';
import { type AwsContext, awsRequest, uriEncoded } from '../../kernel/aws-request.ts';
import { leanFetch } from '../../kernel/lean-fetch.ts';

/** The connections of the WebSocket API, by their ids. */
export interface SocketConnections {
  /** `gone`: the connection is down; never try again. Throws for every other failure. */
  readonly post: (connectionId: string, text: string) => Promise<'sent' | 'gone'>;
  /** Harmless when it is down already. */
  readonly close: (connectionId: string) => Promise<void>;
}

/** A frame that takes longer is of no use to anybody. */
const TIMEOUT_MS = 3000;

/** `@connections` of API Gateway. `webSocketUrl` with its stage: `wss://…/live`. A request is made for each frame of audio, so it must be cheap. */
export const apiGatewayConnections = (
  webSocketUrl: string,
  context: AwsContext = lambdaAwsContext(),
): SocketConnections => {
  const base = webSocketUrl.replace(/^ws/, 'http');
  const fetch = leanFetch();
  const send = async (method: 'POST' | 'DELETE', connectionId: string, text?: string): Promise<'sent' | 'gone'> => {
    try {
      const response = await awsRequest(context, {
        service: 'execute-api',
        method,
        url: `${base}/@connections/${uriEncoded(connectionId)}`,
        headers: { 'content-type': 'application/json' },
        timeoutMs: TIMEOUT_MS,
        fetch,
        ...(text === undefined ? {} : { body: Buffer.from(text) }),
      });
      // Only a body that was read lets its connection carry the next request.
      await response.arrayBuffer();
      return 'sent';
    } catch (error) {
      if (isGone(error)) return 'gone';
      throw error;
    }
  };
  return {
    post: (connectionId, text) => send('POST', connectionId, text),
    close: async (connectionId) => {
      await send('DELETE', connectionId);
    },
  };
};

const isGone = (error: unknown): boolean =>
  error instanceof Error && (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode === 410;
