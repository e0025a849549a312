import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { samplesOf } from '../../audio/pcm.ts';
import { resample } from '../../audio/resampler.ts';
import { writeWav } from '../../audio/wav.ts';
import { readExample } from '../../local/start/example.ts';
import { voiceOf } from '../e2e/support/caller.ts';
import { isOver, realSpeech, startTalk, type TalkHarness } from '../e2e/support/talk.ts';
import { chromiumPath, launchWithMicrophone } from './support/chromium.ts';

const HERTZ = 48_000;
/** Time for the greeting before the question, and for the answer before the microphone's clip begins anew. */
const [BEFORE_SECONDS, AFTER_SECONDS] = [8, 20];
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

  it('hears a spoken question about the return policy and shows and speaks the answer with its figure', async () => {
    const { cloud, api, agentId } = harness;
    const { body } = await api.request<{ key: string }>('POST', `/api/v1/agents/${agentId}/api-keys`, {
      name: 'Page',
      scopes: ['agents:talk'],
    });
    const page = await browser.newPage();
    const complaints: string[] = [];
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto(`${cloud.apiUrl}/talk?agent=${agentId}#key=${body.key}`);
    await page.getByRole('button', { name: 'Call' }).click();
    const lines = page.locator('#transcript li');
    await lines.filter({ hasText: 'mattress' }).filter({ hasText: '?' }).first().waitFor({ timeout: 50_000 });
    await lines.filter({ hasText: '100 nights' }).first().waitFor({ timeout: 50_000 });
    await page.screenshot({ path: join(folder, 'talk.png'), fullPage: true });
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
  }, 120_000);
});
