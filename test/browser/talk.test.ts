import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { bytesOf, samplesOf } from '../../audio/pcm.ts';
import { writeWav } from '../../audio/wav.ts';
import type { InboundMessage, VoiceTransport } from '../../shared/voice/session/transport.ts';
import { RESUME_TOKEN } from '../voice/support/scripted-owner.ts';
import { chromiumPath, launchWithMicrophone } from './support/chromium.ts';
import { AGENT_ID, KEY, startVoiceService, type VoiceService } from './support/voice-service.ts';

const tone = (ms: number, hertz: number): Int16Array =>
  Int16Array.from({ length: hertz * (ms / 1000) }, (_, index) =>
    Math.round(12_000 * Math.sin((2 * Math.PI * 330 * index) / hertz) * (0.6 + 0.4 * Math.sin(index / 900))),
  );

/** What the fake microphone plays: two seconds of quiet, one of a voice-like tone. */
const spoken = (): Int16Array => {
  const samples = new Int16Array(48_000 * 3);
  samples.set(tone(1000, 48_000), 48_000 * 2);
  return samples;
};

interface ScriptedCall {
  readonly transport: VoiceTransport;
  readonly heard: InboundMessage[];
  readonly say: (turn: number, text: string, ms: number) => void;
  /** Its final text comes only when it was played, as a session sends it. */
  readonly begin: (turn: number, text: string, ms: number) => void;
}

describe.skipIf(chromiumPath === undefined)('the talk page', () => {
  let folder: string;
  let service: VoiceService;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let call: ScriptedCall;
  const complaints: string[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'talk-test-'));
    const wav = join(folder, 'speech.wav');
    await writeFile(wav, writeWav({ sampleRateHertz: 48_000, channels: [spoken()] }));
    service = await startVoiceService(async ({ transport, claim: { callId } }) => {
      const heard: InboundMessage[] = [];
      const begin = (turn: number, text: string, ms: number): void => {
        transport.send({ type: 'transcript', epoch: 1, turn, role: 'assistant', stage: 'speculative', text });
        transport.send({ type: 'audio', epoch: 1, turn, audio: bytesOf(tone(ms, 24_000)) });
      };
      const say = (turn: number, text: string, ms: number): void => {
        begin(turn, text, ms);
        transport.send({ type: 'transcript', epoch: 1, turn, role: 'assistant', stage: 'final', text });
      };
      call = { transport, heard, say, begin };
      transport.send({
        type: 'session.ready',
        callId,
        resumeToken: RESUME_TOKEN,
        epoch: 1,
        engine: 'nova-sonic',
        voice: 'tiffany',
        language: 'en-US',
        outputSampleRateHertz: 24_000,
        agentName: 'Cozy Comfort',
      });
      say(0, 'Hello, how can I help?', 600);
      for await (const message of transport.messages) {
        heard.push(message);
        if (message.type !== 'session.end') continue;
        transport.send({ type: 'session.ended', epoch: 1, reason: 'client-ended', callId });
        return;
      }
    });
    browser = await launchWithMicrophone(wav);
  });
  afterAll(async () => {
    await browser?.close();
    await service?.stop();
    await rm(folder, { recursive: true, force: true });
  });
  afterEach(async () => {
    await context?.close();
    service.refuse.direct = undefined;
    service.refuse.relay = undefined;
    service.asked.length = 0;
    complaints.length = 0;
  });

  const open = async (options: { key?: string; microphone?: boolean; width?: number } = {}): Promise<void> => {
    const { key = KEY, microphone = true, width = 1280 } = options;
    context = await browser.newContext({ viewport: { width, height: width < 500 ? 844 : 800 } });
    await context.grantPermissions(microphone ? ['microphone'] : [], { origin: service.url });
    page = await context.newPage();
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    if (!microphone) {
      await page.addInitScript(
        "navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('no', 'NotAllowedError'))",
      );
    }
    await page.goto(`${service.url}/talk?agent=${AGENT_ID}#key=${key}`);
  };
  const begin = async (options: Parameters<typeof open>[0] = {}): Promise<void> => {
    await open(options);
    await page.getByRole('button', { name: 'Call' }).click();
    await page.getByText('On the line').waitFor();
  };
  const lines = (): Promise<string[]> => page.locator('#transcript li').allInnerTexts();
  const poll = (read: () => unknown) => expect.poll(read, { timeout: 15_000 });

  it('hides the key, calls, shows the greeting, plays it and says how far it got', async () => {
    await begin();
    await poll(lines).toEqual(['Agent\nHello, how can I help?']);
    await poll(() => call.heard.filter((message) => message.type === 'playback').at(-1)?.playedMs).toBeGreaterThan(590);
    expect({
      address: page.url(),
      name: await page.getByRole('heading', { level: 1 }).textContent(),
      route: await page.locator('#route').textContent(),
      complaints,
    }).toEqual({
      address: `${service.url}/talk?agent=${AGENT_ID}`,
      name: 'Cozy Comfort',
      route: 'direct',
      complaints: [],
    });
  });

  it('sends speech, keeps silence back, and loses no frame', async () => {
    await begin();
    const audio = () => call.heard.filter((message) => message.type === 'audio');
    const loud = () => audio().filter(({ audio: bytes }) => samplesOf(bytes).some((sample) => Math.abs(sample) > 3000));
    await poll(() => loud().length).toBeGreaterThan(40);
    const sentMs = audio().length * 40;
    expect({
      isMostlySpeech: loud().length / audio().length > 0.3,
      lost: call.heard.filter(({ type }) => type === 'lost'),
      sentSomething: sentMs > 1000,
    }).toEqual({ isMostlySpeech: true, lost: [], sentSomething: true });
  });

  it('falls silent at once when it is interrupted, and says what was heard', async () => {
    await begin();
    await poll(lines).toHaveLength(1);
    call.begin(1, 'This is a long answer about many things.', 8000);
    await poll(() => call.heard.some((message) => message.type === 'playback' && message.turn === 1)).toBe(true);
    const before = call.heard.length;
    call.transport.flush({ epoch: 1, turn: 1 });
    await poll(() => page.locator('#transcript s, #transcript .who', { hasText: 'interrupted' }).count()).toBe(1);
    await poll(() => call.heard.slice(before).some(({ type }) => type === 'playback')).toBe(true);
    await poll(() => page.evaluate('document.getElementById("level-out").value')).toBe(0);
    const last = call.heard.findLast((message) => message.type === 'playback');
    expect(last?.playedMs).toBeLessThan(7000);
  });

  it('sends what is typed and the keys that are pressed, and shows tools, latency and cost', async () => {
    await begin();
    await page.getByLabel('Type instead of speaking').fill('What is the return policy?');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Keypad' }).click();
    await page.getByRole('button', { name: '#', exact: true }).click();
    call.transport.send({
      type: 'tool',
      epoch: 1,
      turn: 1,
      toolUseId: 't',
      name: 'searchKnowledge',
      status: 'started',
    });
    call.transport.send({ type: 'meter', epoch: 1, costMicroUsd: 12_345, answerLatencyMs: 840, elapsedSeconds: 3 });
    await page.getByText('search knowledge').waitFor();
    await poll(() => call.heard.filter(({ type }) => type === 'text' || type === 'dtmf')).toEqual([
      { type: 'text', text: 'What is the return policy?' },
      { type: 'dtmf', digits: '#' },
    ]);
    expect([await page.locator('#latency').textContent(), await page.locator('#cost').textContent()]).toEqual([
      '0.84 s',
      '$0.0123',
    ]);
  });

  it('mutes', async () => {
    await begin();
    await page.getByRole('button', { name: 'Mute' }).click();
    await page.getByRole('button', { name: 'Unmute' }).waitFor();
    const count = call.heard.filter(({ type }) => type === 'audio').length;
    await page.waitForTimeout(3500);
    expect(call.heard.filter(({ type }) => type === 'audio').length - count).toBeLessThan(3);
  });

  it('goes on after the connection was lost', async () => {
    await begin();
    service.cut();
    await poll(() => call.heard.some(({ type }) => type === 'session.resume')).toBe(true);
    call.say(1, 'Are you still there?', 200);
    await poll(lines).toContain('Agent\nAre you still there?');
    expect(await page.locator('#status').textContent()).toBe('On the line');
  });

  it('takes the relay when the direct path is refused', async () => {
    service.refuse.direct = { status: 503, code: 'agent-unavailable' };
    await begin();
    expect([await page.locator('#route').textContent(), service.asked]).toEqual(['relay', ['direct', 'relay']]);
  });

  it('hangs up', async () => {
    await begin();
    await page.getByRole('button', { name: 'Hang up' }).click();
    await page.getByText('Call ended').waitFor();
    await page.getByRole('button', { name: 'Call again' }).click();
    await page.getByText('On the line').waitFor();
  });

  it.each([
    ['a wrong key', { key: 'ok_wrong' }, {}, 'The key was not accepted'],
    ['busy lines', {}, { status: 429, code: 'lines-busy' }, 'All lines are busy'],
    ['an agent without a voice', {}, { status: 409, code: 'agent-has-no-voice' }, 'This agent answers in writing only'],
  ])('says what to do about %s', async (_what, options, refusal, title) => {
    if ('status' in refusal) service.refuse.direct = refusal as { status: number; code: string };
    await open(options);
    await page.getByRole('button', { name: 'Call' }).click();
    await poll(() => page.getByRole('alert').textContent()).toContain(title);
    expect(await page.getByRole('button', { name: 'Call again' }).isEnabled()).toBe(true);
  });

  it('can be used without a microphone', async () => {
    await begin({ microphone: false });
    await poll(() => page.getByRole('alert').textContent()).toContain('The microphone is blocked');
    await page.getByLabel('Type instead of speaking').fill('Hello');
    await page.keyboard.press('Enter');
    await poll(() => call.heard.some(({ type }) => type === 'text')).toBe(true);
  });

  it('asks for agent and key when it has none', async () => {
    await open();
    await page.goto('about:blank');
    await page.goto(`${service.url}/talk`);
    await page.getByLabel('Agent id').fill(AGENT_ID);
    await page.getByLabel('API key').fill(KEY);
    await page.keyboard.press('Enter');
    await page.keyboard.press('Enter');
    await page.getByText('On the line').waitFor();
  });

  it.each([390, 1280])('fits a screen %d pixels wide', async (width) => {
    await begin({ width });
    await poll(lines).toHaveLength(1);
    const overflow = await page.evaluate(
      '[document.documentElement.scrollWidth - innerWidth, document.documentElement.scrollHeight - innerHeight]',
    );
    expect(overflow).toEqual([0, 0]);
  });
});
