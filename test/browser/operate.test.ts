import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFailed, test } from 'vitest';
import { textOnlySpeech } from '../../local/speech/text-only.ts';
import { Api } from '../e2e/support/api.ts';
import { BIKE_SHOP, formOf } from '../e2e/support/business.ts';
import { type Caller, dial } from '../e2e/support/caller.ts';
import { createAgent, isOver, recordWhen, type Ticket, voiceForm } from '../e2e/support/talk.ts';
import {
  axeFindings,
  type DashboardHarness,
  hasBrowser,
  overflowOf,
  startDashboard,
  until,
} from './support/dashboard.ts';

const CLOUD_MS = 180_000;
const NUMBER = '+12025550100';
const WHISPER = 'If the customer asks about saddles, say "Saddles are half price today."';

/** Another page of the dashboard, as a link leads there. */
const visit = (page: Page, path: string) =>
  page.evaluate(`history.pushState(null, '', ${JSON.stringify(path)}); dispatchEvent(new PopStateEvent('popstate'))`);

const wordsOf = (page: Page): Promise<string | null> =>
  page.getByRole('log', { name: 'Running transcript' }).textContent();

/** Lets a test cut the feed's connection; until then it is the real one. */
async function withCutter(
  page: Page,
): Promise<{ readonly cut: () => Promise<void>; readonly connections: () => number }> {
  const sockets: { readonly close: () => Promise<void> }[] = [];
  await page.routeWebSocket(/^wss?:/, (socket) => {
    socket.connectToServer();
    sockets.push(socket);
  });
  return { cut: async () => sockets.at(-1)?.close(), connections: () => sockets.length };
}

describe.skipIf(!hasBrowser)('operating', () => {
  let dashboard: DashboardHarness;
  let api: Api;
  let agentId: string;
  let otherAgentId: string;
  let caller: Caller;
  let callId: string;

  beforeAll(async () => {
    dashboard = await startDashboard({ speech: textOnlySpeech() });
    api = new Api(dashboard.url, await dashboard.tokenOf('alice'));
    const second = formOf(BIKE_SHOP, { fields: { agentType: 'both', agentName: 'Night desk' } });
    [agentId, otherAgentId] = await Promise.all([createAgent(api, voiceForm()), createAgent(api, second)]);
    await api.request('PUT', `/api/v1/agents/${agentId}/voice`, { recording: { enabled: true } });
    const { body } = await api.request<Ticket>('POST', '/api/v1/voice-tickets', { agentId, transport: 'relay' });
    caller = await dial(body);
  }, CLOUD_MS);
  afterAll(async () => {
    caller?.hangUp();
    await dashboard?.stop();
  });

  const answered = async (question: string, pattern: RegExp): Promise<void> => {
    const answer = caller.answer(pattern);
    caller.type(question);
    await answer;
    await caller.quiet();
  };

  test(
    'a call is watched as it happens, also after a cut; a whisper changes the next answer and is heard by nobody',
    async () => {
      onTestFailed(() => {
        process.stderr.write(`${caller.story()}\n`);
      });
      const { page, complaints } = await dashboard.openAs('alice', { path: '/settings' });
      const feed = await withCutter(page);
      await visit(page, '/live');
      await page.getByText('Nobody is on the line').waitFor();
      ({ callId } = await caller.start({ recordingConsent: true }));
      await page.getByRole('button', { name: /Spoke and Chain/ }).click();
      await answered('How much is a puncture?', /15 euros/);
      const log = page.getByRole('log', { name: 'Running transcript' });
      await log.getByText(/15 euros/).waitFor();

      await page.getByRole('textbox', { name: 'Words' }).fill(WHISPER);
      await page.getByRole('button', { name: 'Whisper' }).click();
      await log.getByText(WHISPER).waitFor();
      await page.getByText('You have this call in hand.').waitFor();
      const untilThen = caller.heard.length;
      await feed.cut();
      await answered('What do saddles cost?', /half price today/);
      await log.locator('.live-line-agent', { hasText: 'Saddles are half price today.' }).waitFor();
      const words = (await wordsOf(page)) ?? '';
      expect({
        heardBefore: JSON.stringify(caller.heard.slice(0, untilThen)).includes('half price'),
        heardEver: JSON.stringify(caller.heard).includes('If the customer asks'),
        connections: feed.connections(),
        // What came before and after the cut, each once.
        lines: ['15 euros', 'What do saddles cost?'].map((text) => words.split(text).length - 1),
        axe: await axeFindings(page),
        complaints,
      }).toEqual({ heardBefore: false, heardEver: false, connections: 2, lines: [1, 1], axe: [], complaints: [] });
    },
    CLOUD_MS,
  );

  test(
    'a second operator sees who has the call and takes it only deliberately; another tenant sees nothing of it',
    async () => {
      const second = await dashboard.openAs('alice', { path: `/live/${callId}`, width: 390, dark: true });
      const stranger = await dashboard.openAs('bob', { path: '/live' });
      await stranger.page.getByText('Nobody is on the line').waitFor();
      await second.page.getByText('at another sign-in, has this call in hand.').waitFor();
      await second.page.getByRole('textbox', { name: 'Words' }).fill('Your bicycle is ready.');
      await second.page.getByRole('button', { name: 'Say exactly this' }).click();
      await second.page.getByText('has this call', { exact: false }).first().waitFor();
      const said = caller.answer(/^Your bicycle is ready\.$/);
      await second.page.getByRole('button', { name: 'Take anyway' }).click();
      await said;
      await caller.quiet();
      await second.page.getByText('You have this call in hand.').waitFor();
      const onTelephone = { axe: await axeFindings(second.page), overflow: await overflowOf(second.page) };
      await second.page.getByRole('button', { name: 'End the call…' }).click();
      await second.page.getByRole('dialog').getByRole('button', { name: 'End the call' }).click();
      await recordWhen(api, callId, isOver);

      await visit(stranger.page, '/calls');
      await stranger.page.getByText('No calls yet').waitFor();
      await stranger.page.getByRole('searchbox', { name: 'Search' }).fill('saddles');
      await stranger.page.getByText('No calls match').waitFor();
      await visit(stranger.page, `/calls/${callId}`);
      await stranger.page.getByText('There is no such call').waitFor();
      expect({ onTelephone, complaints: second.complaints.filter((text) => !/409/.test(text)) }).toEqual({
        onTelephone: { axe: [], overflow: 0 },
        complaints: [],
      });
    },
    CLOUD_MS,
  );

  test(
    'a number that was taken meanwhile names who loses it; the log, statistics and providers show what happened',
    async () => {
      const { page } = await dashboard.openAs('alice', { path: '/numbers' });
      await page.getByRole('button', { name: 'Sync', exact: true }).click();
      await page.getByRole('button', { name: `Actions for ${NUMBER}` }).click();
      await page.getByRole('menuitem', { name: 'Assign…' }).click();
      await api.request('PUT', `/api/v1/phone-numbers/${encodeURIComponent(NUMBER)}/assignment`, { agentId });
      const dialog = page.getByRole('dialog', { name: `Assign ${NUMBER}` });
      await dialog.getByRole('button', { name: /^Agent/ }).click();
      await page.getByRole('option', { name: 'Night desk' }).click();
      await dialog.getByRole('button', { name: 'Assign' }).click();
      await dialog.getByText('The number was taken meanwhile').waitFor();
      await dialog.getByText('Spoke and Chain loses this number').waitFor();
      await dialog.getByRole('button', { name: 'Take it from Spoke and Chain' }).click();
      await page.getByText(`Night desk answers ${NUMBER} now.`).waitFor();
      const { body } = await api.request<{ phoneNumbers: { phoneNumber: string; inboundAgentId: string }[] }>(
        'GET',
        `/api/v1/phone-numbers?agentId=${otherAgentId}`,
      );
      expect(body.phoneNumbers).toMatchObject([{ phoneNumber: NUMBER, inboundAgentId: otherAgentId }]);

      const findings: Record<string, readonly string[]> = { numbers: await axeFindings(page) };
      const pages = {
        calls: ['/calls?words=saddles+spoke', page.getByRole('cell', { name: 'Browser' }).first()],
        call: [`/calls/${callId}`, page.locator('.call-line', { hasText: WHISPER })],
        statistics: ['/statistics', page.getByRole('img', { name: /^Calls, / })],
        providers: [`/providers?agentId=${agentId}`, page.getByText('Amazon Nova Sonic').first()],
      } as const;
      for (const [name, [path, sign]] of Object.entries(pages)) {
        await visit(page, path);
        await sign.waitFor();
        findings[name] = await axeFindings(page);
      }
      expect(findings).toEqual({ numbers: [], calls: [], call: [], statistics: [], providers: [] });
    },
    CLOUD_MS,
  );

  test(
    'the page’s own policies let recordings be played and agents be talked to by microphone',
    async () => {
      const { page, complaints } = await dashboard.openAs('alice', { path: `/calls/${callId}` });
      await page.locator('audio').waitFor();
      await until(
        page,
        `(() => {
          const audio = document.querySelector('audio');
          const [captions] = audio.textTracks;
          captions.mode = 'hidden';
          return audio.readyState >= HTMLMediaElement.HAVE_METADATA && audio.duration > 1 && captions.cues?.length > 0;
        })()`,
      );
      await visit(page, `/agents/${agentId}?tab=talk`);
      await page.getByRole('button', { name: 'Call', exact: true }).click();
      await page.getByText('On the line').waitFor();
      await page.getByRole('button', { name: 'Mute', exact: true, disabled: false }).waitFor();
      // The browser's microphone beeps each second.
      await until(page, "document.querySelector('.oratio-levels meter').value > 0.05");
      await page.getByRole('list', { name: 'Transcript' }).getByText('Spoke and Chain, good day.').waitFor();
      const findings = await axeFindings(page);
      await page.getByRole('button', { name: 'Hang up' }).click();
      await page.getByRole('button', { name: 'Call', exact: true }).waitFor();
      expect({ findings, complaints }).toEqual({ findings: [], complaints: [] });
    },
    CLOUD_MS,
  );
});
