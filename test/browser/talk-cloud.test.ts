import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { samplesOf } from '../../audio/pcm.ts';
import { resample } from '../../audio/resampler.ts';
import { writeWav } from '../../audio/wav.ts';
import { readExample } from '../../local/start/example.ts';
import { voiceOf } from '../e2e/support/caller.ts';
import { isOver, realSpeech, startTalk, type TalkHarness } from '../e2e/support/talk.ts';
import { chromiumPath, launchWithMicrophone } from './support/chromium.ts';
import { axeFindings, signIn } from './support/dashboard.ts';
import { tapLoudspeaker, understood } from './support/listener.ts';

const HERTZ = 48_000;
/** Time for the greeting before the question, and for the answer before the microphone's clip begins anew. */
const [BEFORE_SECONDS, AFTER_SECONDS] = [8, 20];
const SECRET = 'Pillows are half price today.';
/** The model files are downloaded once for the checkout. */
const FIRST_DOWNLOAD_MS = 300_000;

describe.skipIf(chromiumPath === undefined)('the talk page on the whole cloud', () => {
  let folder: string;
  let harness: TalkHarness;
  let browser: Browser;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'talk-cloud-'));
    const speech = await realSpeech();
    const { form } = readExample(resolve(import.meta.dirname, '../../examples/cozy-comfort'));
    harness = await startTalk({ speech, form });
    const words = resample(samplesOf(await voiceOf(speech, 'How long can I return a mattress?')), {
      fromHertz: 16_000,
      toHertz: HERTZ,
    });
    const samples = new Int16Array(HERTZ * (BEFORE_SECONDS + AFTER_SECONDS) + words.length);
    samples.set(words, HERTZ * BEFORE_SECONDS);
    const wav = join(folder, 'question.wav');
    await writeFile(wav, writeWav({ sampleRateHertz: HERTZ, channels: [samples] }));
    browser = await launchWithMicrophone(wav);
  }, FIRST_DOWNLOAD_MS);
  afterAll(async () => {
    await browser?.close();
    await harness?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  /** The live page in another browser profile, signed in as the agent's tenant. */
  const watcher = async (): Promise<Page> => {
    const page = await (await browser.newContext({ viewport: { width: 1280, height: 900 } })).newPage();
    await tapLoudspeaker(page);
    await page.goto(`${harness.cloud.apiUrl}/live`);
    await signIn(page, 'talker');
    await page.getByText('Nobody is on the line').waitFor();
    return page;
  };

  it('a spoken question is answered aloud; who watches sees and hears it, and whispers what the caller never hears', async () => {
    const { cloud, api, agentId } = harness;
    const { body } = await api.request<{ key: string }>('POST', `/api/v1/agents/${agentId}/api-keys`, {
      name: 'Page',
      scopes: ['agents:talk'],
    });
    const live = await watcher();
    const page = await browser.newPage();
    await tapLoudspeaker(page);
    const complaints: string[] = [];
    for (const one of [page, live]) one.on('pageerror', (error) => complaints.push(error.message));
    await page.goto(`${cloud.apiUrl}/talk?agent=${agentId}#key=${body.key}`);
    await page.getByRole('button', { name: 'Call' }).click();
    await live.getByRole('list', { name: 'Calls now' }).getByRole('button').click();
    await live.getByRole('button', { name: 'Listen in' }).click();
    const lines = page.locator('#transcript li');
    await lines.filter({ hasText: 'mattress' }).filter({ hasText: '?' }).first().waitFor({ timeout: 50_000 });
    await lines.filter({ hasText: '100 nights' }).first().waitFor({ timeout: 50_000 });
    await page.getByRole('button', { name: 'Mute' }).click();
    const log = live.getByRole('log', { name: 'Running transcript' });
    await log.locator('.live-line-caller', { hasText: 'mattress' }).first().waitFor();
    await log.locator('.live-line-agent', { hasText: /after .*100 nights/s }).waitFor();
    await log.getByText('Tool: ask agent').first().waitFor();

    await live.getByRole('textbox', { name: 'Words' }).fill(`If the customer asks about pillows, say "${SECRET}"`);
    await live.getByRole('button', { name: 'Whisper' }).click();
    await log.getByText('If the customer asks').waitFor();
    await page.locator('#typed').fill('What do pillows cost?');
    await page.getByRole('button', { name: 'Send' }).click();
    await lines.filter({ hasText: SECRET }).first().waitFor();
    await log.locator('.live-line-agent', { hasText: SECRET }).waitFor();
    expect({
      // Both voices came out of the loudspeaker of who listens in, as somebody understands them.
      heard: await understood(live, harness.speech, /mattress.*(?:hundred|100)/is),
      whispered: (await page.locator('body').textContent())?.includes('If the customer asks'),
      latency: await live.getByText('Last answer came after').locator('../..').textContent(),
      axe: await axeFindings(live),
    }).toEqual({
      heard: expect.stringMatching(/hundred|100/i),
      whispered: false,
      latency: expect.stringMatching(/\d m?s/),
      axe: [],
    });
    await page.getByRole('button', { name: /End|Hang up/ }).click();
    expect(complaints).toEqual([]);
    const { body: list } = await api.request<{ calls: { callId: string; transport: string }[] }>(
      'GET',
      '/api/v1/calls',
    );
    const [call] = list.calls;
    expect(list.calls).toHaveLength(1);
    expect(await harness.recordWhen(String(call?.callId), isOver)).toMatchObject({
      status: 'completed',
      transport: 'direct',
      tools: expect.arrayContaining([expect.objectContaining({ name: 'askAgent', status: 'success' })]),
    });
  }, 180_000);
});
