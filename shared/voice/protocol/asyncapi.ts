import * as z from 'zod';
import { OPERATOR_MESSAGE_DOCS, OPERATOR_REQUEST_DOCS } from '../../live/operator-message-docs.ts';
import { OperatorMessage, OperatorRequest } from '../../live/operator-messages.ts';
import { CLIENT_MESSAGE_DOCS, type MessageDocs, SERVER_MESSAGE_DOCS } from './message-docs.ts';
import {
  CLOSE_CODES,
  ClientMessage,
  INPUT_SAMPLE_RATES_HERTZ,
  MAX_FRAME_BYTES,
  MAX_FRAME_MS,
  MAX_MESSAGE_BYTES,
  MIN_FRAME_MS,
  OUTPUT_SAMPLE_RATES_HERTZ,
  ServerMessage,
} from './messages.ts';

type Json = Readonly<Record<string, unknown>>;

export interface DocumentedMessage {
  readonly name: string;
  readonly title: string;
  readonly summary: string;
  readonly payload: Json;
  readonly examples: readonly { readonly name: string; readonly payload: Json }[];
}

/** Statuses of the handshake: API Gateway sends no close codes of ours before a connection is open. */
export const HANDSHAKE_STATUSES = {
  101: 'The connection is open; send session.start or session.resume.',
  401: 'The credential is missing, wrong, expired or used up.',
  403: 'The credential does not allow talking (scope agents:talk).',
  404: 'There is no such agent.',
  409: 'The agent is not active, or has no voice.',
  429: 'All lines are busy, or connections came too fast.',
} as const;

/** Where the limits come from: API Gateway's quotas of WebSocket APIs, and what the session owner keeps (seconds). */
const CONNECTION_LIMITS = {
  maxFrameBytes: MAX_FRAME_BYTES,
  maxMessageBytes: MAX_MESSAGE_BYTES,
  idleSeconds: 600,
  maxConnectionSeconds: 7200,
  resumeWithinSeconds: 60,
  minAudioFrameMs: MIN_FRAME_MS,
  maxAudioFrameMs: MAX_FRAME_MS,
  inputSampleRatesHertz: [...INPUT_SAMPLE_RATES_HERTZ],
  outputSampleRatesHertz: [...OUTPUT_SAMPLE_RATES_HERTZ],
} as const;

const DESCRIPTION = `A call with an agent over a WebSocket: one JSON object a text frame, \`type\` tells them apart.

1. Get a way in: \`POST /api/v1/voice-tickets\` gives an address for one connection, to a user with a token or to a program with an API key of the agent. A server may also connect to the relay with its API key in the header \`x-api-key\`.
2. Connect, send \`session.start\`, wait for \`session.ready\`; the agent greets.
3. Send \`audio\` while the caller speaks, play \`audio\` as it comes, and drop what is not played yet at \`interrupted\`. Send \`playback\`, so that the transcript holds only what was heard.
4. When the connection is lost, or at the warning \`connection-renewal\`, connect anew and send \`session.resume\`. Ignore messages of a smaller \`epoch\` than you have seen.

Sound is PCM, 16 bits signed little-endian, mono, base64.`;

/** The AsyncAPI 3.0 document of the WebSocket API, derived from the messages' own schemas. */
export const asyncApiDocument = () => {
  const schemas: Record<string, Json> = {};
  const client = messagesOf('client', ClientMessage.options, CLIENT_MESSAGE_DOCS, 'input', schemas);
  const server = messagesOf('server', ServerMessage.options, SERVER_MESSAGE_DOCS, 'output', schemas);
  const messages = { ...client, ...server };
  const asked = messagesOf('operator', OperatorRequest.options, OPERATOR_REQUEST_DOCS, 'input', schemas);
  const told = messagesOf('feed', OperatorMessage.options, OPERATOR_MESSAGE_DOCS, 'output', schemas);
  const watched = { ...asked, ...told };
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Oratio voice',
      version: 'v1',
      description: DESCRIPTION,
      license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
    },
    defaultContentType: 'application/json',
    servers: SERVERS,
    channels: {
      call: {
        address: '/',
        title: 'A call',
        description: 'One connection holds one call at a time.',
        servers: [{ $ref: '#/servers/relay' }, { $ref: '#/servers/direct' }],
        messages: refsOf(messages),
        bindings: { ws: { method: 'GET', query: HANDSHAKE_QUERY, headers: HANDSHAKE_HEADERS } },
        'x-handshake-statuses': HANDSHAKE_STATUSES,
        'x-close-codes': CLOSE_CODES,
        'x-limits': CONNECTION_LIMITS,
      },
      operators: {
        address: '/',
        title: 'Watching',
        description: OPERATORS,
        servers: [{ $ref: '#/servers/relay' }],
        messages: refsOf(watched),
        bindings: { ws: { method: 'GET', query: HANDSHAKE_QUERY } },
      },
    },
    operations: {
      ...operationsOf('receive', 'call', client),
      ...operationsOf('send', 'call', server),
      ...operationsOf('receive', 'operators', asked),
      ...operationsOf('send', 'operators', told),
    },
    components: { messages: { ...messages, ...watched }, schemas, securitySchemes: SECURITY_SCHEMES },
  };
};

const OPERATORS = `What happens to your agents and in your calls, as it happens, over a connection of its own: \`POST /api/v1/operator-tickets\` gives the address. Subscribe to topics; after a lost connection get another ticket and subscribe again. What of a call was missed comes with its state, and stands in \`GET /api/v1/calls/{callId}/events\`.`;

export type AsyncApiDocument = ReturnType<typeof asyncApiDocument>;

const TOKEN = { type: 'string', minLength: 1, maxLength: 256 };
const HANDSHAKE_QUERY = { type: 'object', properties: { ticket: TOKEN } };
const HANDSHAKE_HEADERS = {
  type: 'object',
  properties: { 'x-api-key': { type: 'string', pattern: '^ok_[A-Za-z0-9_-]{43}$' } },
};

const SECURITY_SCHEMES = {
  ticket: {
    type: 'httpApiKey',
    name: 'ticket',
    in: 'query',
    description:
      'Of `POST /api/v1/voice-tickets`, or of `POST /api/v1/operator-tickets` to watch: good for one connection within a minute. For browsers.',
  },
  apiKey: {
    type: 'httpApiKey',
    name: 'x-api-key',
    in: 'header',
    description: 'API key of the agent, scope `agents:talk`: `POST /api/v1/agents/{agentId}/api-keys`. For servers.',
  },
} as const;

const SERVERS = {
  relay: {
    host: 'oratio.example',
    pathname: '/live',
    protocol: 'wss',
    description: 'This stage’s WebSocket API.',
    security: [{ $ref: '#/components/securitySchemes/ticket' }, { $ref: '#/components/securitySchemes/apiKey' }],
  },
  direct: {
    host: 'bedrock-agentcore.{region}.amazonaws.com',
    pathname: '/runtimes/{agentRuntimeArn}/ws',
    protocol: 'wss',
    description:
      'The agent’s own runtime. The address comes signed with a ticket of `transport: "direct"`, which goes into `session.start`.',
    variables: {
      region: { default: 'us-east-1', description: 'Of the stage.' },
      agentRuntimeArn: { description: 'Of the agent; encoded.' },
    },
  },
};

type MessageSchema = z.ZodObject<{ readonly type: z.ZodLiteral<string> }>;

const messagesOf = (
  side: 'client' | 'server' | 'operator' | 'feed',
  options: readonly MessageSchema[],
  docs: Readonly<Record<string, MessageDocs<unknown>>>,
  io: 'input' | 'output',
  schemas: Record<string, Json>,
): Record<string, DocumentedMessage> =>
  Object.fromEntries(
    options.map((option) => {
      const type = option.shape.type.value;
      const { summary = '', example } = docs[type] ?? {};
      const payload = hoisted(z.toJSONSchema(option, { target: 'draft-7', io }), `${side}.${type}`, schemas);
      const examples = [{ name: type, payload: example as Json }];
      return [`${side}.${type}`, { name: type, title: type, summary, payload, examples }];
    }),
  );

/** A schema whose own definitions lie in `schemas`: within the document, `#/definitions` would lead nowhere. */
const hoisted = (schema: Json, owner: string, schemas: Record<string, Json>): Json => {
  const rename = (text: string): string => text.replaceAll('#/definitions/', `#/components/schemas/${owner}.`);
  const renamed = JSON.parse(rename(JSON.stringify(schema))) as Json;
  const { $schema: _dialect, definitions = {}, ...rest } = renamed;
  for (const [name, definition] of Object.entries(definitions as Json))
    schemas[`${owner}.${name}`] = definition as Json;
  return rest;
};

const refsOf = (messages: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(Object.keys(messages).map((id) => [id, { $ref: `#/components/messages/${id}` }]));

/** Seen from our side: `receive` what clients send. */
const operationsOf = (
  action: 'send' | 'receive',
  channel: 'call' | 'operators',
  messages: Readonly<Record<string, DocumentedMessage>>,
) =>
  Object.fromEntries(
    Object.entries(messages).map(([id, { title, summary }]) => [
      channel === 'call' ? `${action}.${title}` : `${action}.${id}`,
      {
        action,
        title,
        summary,
        channel: { $ref: `#/channels/${channel}` },
        messages: [{ $ref: `#/channels/${channel}/messages/${id}` }],
      },
    ]),
  );
