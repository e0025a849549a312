/**
 * What everybody would write: a WebSocket server that bridges each socket to one stream of Nova Sonic, with the plain
 * SDK. No sequence numbers, no lease, no transcript, no renewal; a call ends when its socket, its stream or this
 * process does.
 */
import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { BedrockRuntimeClient, InvokeModelWithBidirectionalStreamCommand } from '@aws-sdk/client-bedrock-runtime';
import { type WebSocket, WebSocketServer } from 'ws';

const MODEL = 'amazon.nova-2-sonic-v1:0';
const client = new BedrockRuntimeClient({ requestHandler: { requestTimeout: 300_000, sessionTimeout: 600_000 } });

const text = (promptName: string, role: string, content: string, interactive: boolean): object[] => {
  const contentName = randomUUID();
  const textInputConfiguration = { mediaType: 'text/plain' };
  return [
    { contentStart: { promptName, contentName, type: 'TEXT', interactive, role, textInputConfiguration } },
    { textInput: { promptName, contentName, content } },
    { contentEnd: { promptName, contentName } },
  ];
};

const lpcm = { mediaType: 'audio/lpcm', sampleSizeBits: 16, channelCount: 1, audioType: 'SPEECH', encoding: 'base64' };

const opening = (promptName: string, contentName: string): object[] => [
  {
    sessionStart: {
      inferenceConfiguration: { maxTokens: 1024, topP: 0.9, temperature: 0.7 },
      turnDetectionConfiguration: { endpointingSensitivity: 'HIGH' },
    },
  },
  {
    promptStart: {
      promptName,
      textOutputConfiguration: { mediaType: 'text/plain' },
      audioOutputConfiguration: { ...lpcm, sampleRateHertz: 24_000, voiceId: 'tiffany' },
    },
  },
  ...text(promptName, 'SYSTEM', 'You are a friendly assistant.', false),
  {
    contentStart: {
      promptName,
      contentName,
      type: 'AUDIO',
      interactive: true,
      role: 'USER',
      audioInputConfiguration: { ...lpcm, sampleRateHertz: 16_000 },
    },
  },
  ...text(promptName, 'USER', 'Say exactly this, word for word: "Hello."', true),
];

/** What is to be sent, in the order it came. */
function inputQueue() {
  const waiting: object[] = [];
  let wake = (): void => undefined;
  let isOver = false;
  return {
    push: (...events: object[]): void => {
      waiting.push(...events);
      wake();
    },
    end: (): void => {
      isOver = true;
      wake();
    },
    async *chunks() {
      for (;;) {
        for (let event = waiting.shift(); event !== undefined; event = waiting.shift()) {
          yield { chunk: { bytes: Buffer.from(JSON.stringify({ event })) } };
        }
        if (isOver) return;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
  };
}

interface ModelEvent {
  readonly audioOutput?: { readonly content: string };
  readonly textOutput?: { readonly content: string; readonly role: string };
  readonly contentEnd?: { readonly stopReason: string };
}

async function bridge(socket: WebSocket): Promise<void> {
  const [promptName, contentName] = [randomUUID(), randomUUID()];
  const input = inputQueue();
  input.push(...opening(promptName, contentName));
  socket.on('message', (data: Buffer) => {
    const message = JSON.parse(data.toString()) as { type: string; audio: string };
    if (message.type === 'audio') input.push({ audioInput: { promptName, contentName, content: message.audio } });
  });
  socket.on('close', () => {
    input.push({ contentEnd: { promptName, contentName } }, { promptEnd: { promptName } }, { sessionEnd: {} });
    input.end();
  });
  const command = new InvokeModelWithBidirectionalStreamCommand({ modelId: MODEL, body: input.chunks() });
  const { body = [] } = await client.send(command);
  socket.send(JSON.stringify({ type: 'session.ready' }));
  for await (const { chunk } of body) {
    const { event } = JSON.parse(Buffer.from(chunk?.bytes ?? []).toString()) as { event: ModelEvent };
    if (event.audioOutput) socket.send(JSON.stringify({ type: 'audio', audio: event.audioOutput.content }));
    if (event.textOutput) socket.send(JSON.stringify({ type: 'text', text: event.textOutput.content }));
    if (event.contentEnd?.stopReason === 'INTERRUPTED') socket.send(JSON.stringify({ type: 'interrupted' }));
  }
}

const server = new WebSocketServer({ host: '127.0.0.1', port: 0 }, () => {
  process.send?.({ port: (server.address() as AddressInfo).port });
});
server.on('connection', (socket) => {
  bridge(socket)
    .catch(() => undefined)
    .finally(() => socket.close());
});
process.once('disconnect', () => process.exit(0));
