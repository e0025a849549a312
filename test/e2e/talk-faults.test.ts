import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it, onTestFailed } from 'vitest';
import { silence } from '../../audio/format.ts';
import { Api } from './support/api.ts';
import { type Caller, dial } from './support/caller.ts';
import { startHarness } from './support/harness.ts';
import { isOver, recordWhen, startTalk, type TalkHarness, type Ticket } from './support/talk.ts';

const OWNER = 'oratio-dev-voice-session';
const PUNCTURE = 'What does a puncture cost?';
const CHAIN = 'What does a new chain cost?';

describe('a call in which something goes wrong', () => {
  const callers: Caller[] = [];
  const dataDir = mkdtempSync(join(tmpdir(), 'oratio-talk-faults-'));
  let harness: TalkHarness;

  beforeAll(async () => {
    harness = await startTalk({ dataDir });
  });
  afterAll(async () => {
    for (const caller of callers) caller.hangUp();
    await harness?.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  const call = async () => {
    const caller = await dial(await harness.newTicket('relay'));
    callers.push(caller);
    onTestFailed(() => {
      process.stderr.write(`${caller.story()}\n`);
    });
    const ready = await caller.start();
    return { caller, ready };
  };
  const ask = async (caller: Caller, question: string, answer: RegExp) => {
    const answered = caller.answer(answer);
    caller.type(question);
    return answered;
  };
  const turnsOf = async (caller: Caller, callId: string) => {
    await caller.leave();
    const { transcript, status } = await harness.recordWhen(callId, isOver);
    return { status, said: transcript.filter(({ turn }) => turn > 0).map(({ role, text }) => `${role}: ${text}`) };
  };
  const isCall = (callId: string) => (event: unknown) => (event as { callId?: string }).callId === callId;

  it('whose owner is killed goes on with another one, which answers what was open; the old one changes nothing any more', async () => {
    const { caller, ready } = await call();
    await ask(caller, PUNCTURE, /15 euros/);
    const { lambda } = harness.cloud.services;
    const summons = lambda.running(OWNER).find(isCall(ready.callId));
    const asked = caller.next('transcript', ({ role, stage }) => role === 'user' && stage === 'final');
    const answered = caller.answer(/45 euros/);
    const bridged = caller.next('transcript', ({ epoch, text }) => epoch === 2 && text.includes('lost you'));
    caller.type(CHAIN);
    // Whoever was told his words, is answered.
    await asked;
    expect(lambda.crashWhere(OWNER, isCall(ready.callId))).toBe(1);
    expect({ bridge: (await bridged).role, answer: (await answered).epoch }).toEqual({
      bridge: 'assistant',
      answer: 2,
    });

    const client = new LambdaClient(harness.aws);
    await client.send(new InvokeCommand({ FunctionName: OWNER, Payload: JSON.stringify(summons) }));
    client.destroy();
    await ask(caller, 'How long does a brake service take?', /half a day/);
    const epochs = caller.heard.flatMap((message) => ('epoch' in message ? [message.epoch] : []));
    expect(epochs).toEqual(epochs.toSorted((a, b) => a - b));
    const { status, said } = await turnsOf(caller, ready.callId);
    expect({ status, questions: said.filter((line) => line.startsWith('user: ')) }).toEqual({
      status: 'completed',
      questions: [`user: ${PUNCTURE}`, `user: ${CHAIN}`, 'user: How long does a brake service take?'],
    });
    expect(said.filter((line) => /15 euros|45 euros|half a day/.test(line))).toHaveLength(3);
  });

  it('whose owner is killed while nobody says a word goes on as well', async () => {
    const { caller, ready } = await call();
    await ask(caller, PUNCTURE, /15 euros/);
    const bridged = caller.next('transcript', ({ epoch, text }) => epoch === 2 && text.includes('lost you'));
    expect(harness.cloud.services.lambda.crashWhere(OWNER, isCall(ready.callId))).toBe(1);
    await bridged;
    await ask(caller, CHAIN, /45 euros/);
    expect((await turnsOf(caller, ready.callId)).status).toBe('completed');
  });

  it('whose frames come reversed and doubled loses none; what is dropped is counted and told', async () => {
    const { caller, ready } = await call();
    const { messageFaults } = harness.cloud;
    const lost = () => caller.heard.filter((message) => message.type === 'warning' && message.code === 'audio-lost');
    messageFaults.load([{ kind: 'reverse', times: Number.POSITIVE_INFINITY }]);
    await caller.say(quiet(400));
    messageFaults.load([{ kind: 'duplicate', times: Number.POSITIVE_INFINITY }]);
    await caller.say(quiet(400));
    messageFaults.clear();
    await ask(caller, PUNCTURE, /15 euros/);
    expect(lost()).toEqual([]);
    const told = caller.next('warning', ({ code }) => code === 'audio-lost');
    messageFaults.load([{ kind: 'drop', times: 3 }]);
    await caller.say(quiet(400));
    await told;
    expect(messageFaults.struck()).toEqual([3]);
    messageFaults.clear();
    expect(await turnsOf(caller, ready.callId)).toMatchObject({ status: 'completed', said: { length: 2 } });
  });

  it('whose client hangs without a word is gone on with over another connection', async () => {
    const { caller, ready } = await call();
    await ask(caller, PUNCTURE, /15 euros/);
    const hanging = caller.client();
    hanging.pause();
    await caller.resume(await harness.newTicket('relay'));
    await ask(caller, CHAIN, /45 euros/);
    hanging.cut();
    await ask(caller, 'How long does a brake service take?', /half a day/);
    expect(await turnsOf(caller, ready.callId)).toMatchObject({ status: 'completed', said: { length: 6 } });
  });

  it('whose answers cannot be posted for a while is answered in full', async () => {
    const { caller, ready } = await call();
    harness.cloud.faults.load([
      { kind: 'throttle', operation: 'PostToConnection', roleName: await roleOf(harness, OWNER), times: 2 },
      { kind: 'server-error', operation: 'PostToConnection', roleName: await roleOf(harness, OWNER), nth: 6, times: 2 },
    ]);
    await ask(caller, PUNCTURE, /15 euros/);
    expect(harness.cloud.faults.struck()).toEqual([2, 2]);
    harness.cloud.faults.clear();
    expect(await turnsOf(caller, ready.callId)).toMatchObject({ status: 'completed', said: { length: 2 } });
  });

  it('during which everything is switched off is taken up again, and leaves no line behind', async () => {
    const { caller, ready } = await call();
    await ask(caller, PUNCTURE, /15 euros/);
    await harness.cloud.kill();
    const again = await startHarness({ dataDir, speech: harness.speech });
    try {
      const api = new Api(again.cloud.apiUrl, await again.tokenOf('talker'));
      const { body: ticket } = await api.request<Ticket>('POST', '/api/v1/voice-tickets', { agentId: harness.agentId });
      await caller.resume(ticket);
      await ask(caller, CHAIN, /45 euros/);
      await caller.leave();
      const { status, transcript } = await recordWhen(api, ready.callId, isOver);
      const questions = transcript.flatMap(({ role, text }) => (role === 'user' ? [text] : []));
      expect({ status, questions }).toEqual({ status: 'completed', questions: [PUNCTURE, CHAIN] });
      const rows = DynamoDBDocumentClient.from(new DynamoDBClient(again.aws));
      const command = new GetCommand({ TableName: 'oratio-dev-voice-sessions', Key: { sessionKey: 'lines' } });
      await expect.poll(async () => (await rows.send(command)).Item?.lines, { timeout: 20_000 }).toEqual({});
      rows.destroy();
    } finally {
      await again.stop();
    }
  });
});

const quiet = (ms: number): Uint8Array => silence(ms, { encoding: 'pcm16', sampleRateHertz: 16_000 });

/** The role of a function: the trace tells who called. */
async function roleOf({ cloud }: TalkHarness, functionName: string): Promise<string> {
  const roles = cloud.trace.entries().flatMap(({ roleName }) => roleName ?? []);
  // CDK writes `voice-session` as `VoiceSession`.
  const construct = functionName.replace('oratio-dev-', '').replaceAll('-', '');
  const found = roles.find((name) => name.toLowerCase().includes(construct));
  if (found === undefined) throw new Error(`Nobody has called as ${functionName}: ${[...new Set(roles)].join(', ')}`);
  return found;
}
