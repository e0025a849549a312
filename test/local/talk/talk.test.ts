import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocketServer } from 'ws';
import { readWav, writeWav } from '../../../audio/wav.ts';
import { talk } from '../../../local/talk/talk.ts';
import { ClientMessage } from '../../../shared/voice/protocol/messages.ts';
import { type Ran, ran } from '../../cli/support.ts';

const AGENT = '019a5c1e-7d00-7a3b-9c55-2f6d1c0a4b11';
let cwd: string;
let server: Server;
let ticketStatus: number;
let received: ClientMessage[];

/** An agent that says a loud half second once the caller has been quiet for a while. */
function answerCalls(sockets: WebSocketServer): void {
  sockets.on('connection', (socket) => {
    const send = (message: object) => socket.send(JSON.stringify({ epoch: 1, ...message }));
    let seq = 0;
    const says = (turn: number) => {
      const audio = Buffer.alloc(24_000, 1).toString('base64');
      send({ type: 'audio', seq: seq++, turn, audio });
      send({ type: 'transcript', turn, role: 'assistant', stage: 'final', text: `Turn ${turn}.` });
    };
    socket.on('message', (data) => {
      // The real contract judges every message that this client sends.
      const message = ClientMessage.parse(JSON.parse(String(data as Buffer)));
      received.push(message);
      if (message.type === 'session.start') {
        const who = { agentName: 'Cozy Comfort', engine: 'nova-sonic', voice: 'tiffany', language: 'en-US' };
        send({ type: 'session.ready', callId: AGENT, resumeToken: 'r', outputSampleRateHertz: 24_000, ...who });
        says(0);
      }
      if (message.type === 'audio' && message.seq === 40) says(1);
      if (message.type === 'session.end') send({ type: 'session.ended', reason: 'client-ended', callId: AGENT });
    });
  });
}

const apiUrl = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

beforeEach(async () => {
  cwd = mkdtempSync(join(tmpdir(), 'oratio-talk-'));
  received = [];
  ticketStatus = 201;
  server = createServer((request, response) => {
    const isTicket = request.url === '/api/v1/voice-tickets' && request.headers.authorization === 'Bearer ok_key';
    const webSocketUrl = `${apiUrl().replace('http', 'ws')}/live?ticket=t`;
    response.writeHead(isTicket ? ticketStatus : 401, { 'content-type': 'application/json' });
    response.end(
      JSON.stringify(
        isTicket && ticketStatus === 201
          ? { ticket: 't', webSocketUrl, expiresAt: 1, transport: 'relay' }
          : { title: 'Not authorized', detail: 'The key is unknown.' },
      ),
    );
  });
  answerCalls(new WebSocketServer({ server }));
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((closed) => server.close(closed));
  rmSync(cwd, { recursive: true });
});

const writeTalkFile = (apiKey = 'ok_key'): void => {
  const dir = mkdtempSync(join(cwd, 'state-'));
  writeFileSync(join(dir, 'talk.json'), JSON.stringify({ apiUrl: apiUrl(), agentId: AGENT, apiKey }));
  dataDir = dir;
};
let dataDir: string;

async function run(...args: string[]) {
  const printed: string[] = [];
  let ended: Ran = { code: -1, out: '', err: '' };
  const oratio = async (line: readonly string[], env: Readonly<Record<string, string>>): Promise<number> => {
    ended = await ran({ args: line, io: { cwd, env } });
    return ended.code;
  };
  const code = await talk({ cwd, print: (line) => printed.push(line), oratio }, args);
  return { code, printed, out: ended.out, err: ended.err };
}

/** What was said about a call that did not come about, before it or in it. */
const failure = (...args: string[]): Promise<string> =>
  run(...args).then(
    ({ code, err }) => (code === 0 ? '' : err),
    (error: Error) => error.message,
  );

describe('npm run talk', () => {
  it('plays a recording to the agent in 40 ms frames and writes what it answers', async () => {
    writeTalkFile();
    const recording = { sampleRateHertz: 8000, channels: [new Int16Array(8000 * 0.3).fill(900)] };
    writeFileSync(join(cwd, 'question.wav'), writeWav(recording));
    const { code, out, err } = await run('question.wav', '--data', dataDir);
    const reply = readWav(readFileSync(join(cwd, 'reply.wav')));
    expect({
      code,
      out,
      said: err.split('\n').filter((line) => /^(agent|ended|wrote)/.test(line)),
      loudSeconds: (reply.channels[0]?.filter((sample) => sample === 257).length ?? 0) / reply.sampleRateHertz,
      frames: [
        ...new Set(received.flatMap((m) => (m.type === 'audio' ? Buffer.from(m.audio, 'base64').length / 32 : []))),
      ],
      inOrder: received.flatMap((m) => (m.type === 'audio' ? m.seq : [])).every((seq, i) => seq === i),
      last: received.at(-1)?.type,
    }).toEqual({
      code: 0,
      out: 'Turn 1.\n',
      said: ['agent   Turn 0.', 'agent   Turn 1.', 'ended   client-ended', `wrote   ${join(cwd, 'reply.wav')}`],
      loudSeconds: 1,
      frames: [40],
      inOrder: true,
      last: 'session.end',
    });
  });

  it('needs no recording when a synthesizer is the caller', async () => {
    const target = ['--url', apiUrl(), '--agent', AGENT, '--key', 'ok_key'];
    const { code } = await run('--say', 'Good morning.', 'answer.wav', ...target);
    const loud = received.some((m) => m.type === 'audio' && Buffer.from(m.audio, 'base64').some((byte) => byte > 100));
    expect({ code, loud, wrote: readWav(readFileSync(join(cwd, 'answer.wav'))).sampleRateHertz }).toEqual({
      code: 0,
      loud: true,
      wrote: 24_000,
    });
  });

  it.each([
    ['no cloud was ever started', () => ['--say', 'Hello.'], 'Run `npm start`'],
    [
      'nothing answers',
      () => ['--say', 'Hello.', '--url', 'http://127.0.0.1:9', '--agent', AGENT, '--key', 'k'],
      'Nothing answers at http://127.0.0.1:9. Run `npm start`',
    ],
    [
      'the key is of another start',
      () => ['--say', 'Hello.', '--url', apiUrl(), '--agent', AGENT, '--key', 'k'],
      'The key was not accepted',
    ],
    ['there is nothing to say', () => [], 'There is nothing to say.'],
    [
      'the recording is not there',
      () => ['no.wav', '--url', apiUrl(), '--agent', AGENT, '--key', 'k'],
      'There is no file',
    ],
    ['an option is unknown', () => ['--sing'], "Unknown option '--sing'"],
  ])('says what to do when %s', async (_what, args, message) => {
    expect(await failure(...args())).toContain(message);
  });

  it('says when the file is no recording', async () => {
    writeTalkFile();
    writeFileSync(join(cwd, 'letter.txt'), 'Dear Sir or Madam');
    expect(await failure('letter.txt', '--data', dataDir)).toContain('This is not a WAV file');
  });

  it('says why the call was refused', async () => {
    writeTalkFile();
    ticketStatus = 429;
    expect(await failure('--text', 'Hello.', '--data', dataDir)).toBe(
      '✗ Too many calls at once. Wait a moment, then call again.\n',
    );
  });

  it('explains itself', async () => {
    expect((await run('--help')).printed[0]).toContain('npm run talk -- question.wav');
  });
});
