import * as z from 'zod';

/** What API Gateway invokes the function with, as far as it is read here. */
export const SocketEvent = z.object({
  requestContext: z.object({
    connectionId: z.string().min(1),
    eventType: z.enum(['CONNECT', 'MESSAGE', 'DISCONNECT']),
  }),
  headers: z.record(z.string(), z.string()).nullish(),
  queryStringParameters: z.record(z.string(), z.string()).nullish(),
  body: z.string().nullish(),
  isBase64Encoded: z.boolean().default(false),
});
export type SocketEvent = z.output<typeof SocketEvent>;

/** At `$connect` the status of the handshake; otherwise of no consequence. */
export interface SocketAnswer {
  readonly statusCode: number;
}

/** A header whatever its case. */
export const headerOf = ({ headers }: SocketEvent, name: string): string | undefined =>
  Object.entries(headers ?? {}).find(([key]) => key.toLowerCase() === name)?.[1];
