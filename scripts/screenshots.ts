/**
 * `node scripts/screenshots.ts [NAME…]`: pictures of the dashboard's pages over the example agent, with calls that are
 * over and one that goes on, into `docs/screenshots/`. Needs Chromium.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Page } from 'playwright-core';
import { textOnlySpeech } from '../local/speech/text-only.ts';
import { ApiClient } from '../local/start/api-client.ts';
import { exampleAgent } from '../local/start/demonstration.ts';
import { readExample } from '../local/start/example.ts';
import { type DashboardHarness, hasBrowser, startDashboard } from '../test/browser/support/dashboard.ts';
import { Api } from '../test/e2e/support/api.ts';
import { type Caller, dial } from '../test/e2e/support/caller.ts';
import { createAgent, isOver, recordWhen, type Ticket, voiceForm } from '../test/e2e/support/talk.ts';

const ROOT = resolve(import.meta.dirname, '..');
const OUT = join(ROOT, 'docs/screenshots');
const TENANT = 'demo';

interface Shot {
  readonly name: string;
  readonly path: string;
  /** What is shown once the page has read what it shows; its heading unless given. */
  readonly sign?: string;
  /** Also on a telephone, in the dark. */
  readonly narrow?: boolean;
  /** What a person does first. */
  readonly prepare?: (page: Page) => Promise<void>;
}

/** What the pictures are of. */
interface Scene {
  readonly agentId: string;
  readonly callId: string;
  readonly liveCallId: string;
}

const chat = async (page: Page): Promise<void> => {
  await page.getByLabel('Message').fill('How long can I return a mattress?');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: /source/ }).click();
};

const ask = async (page: Page): Promise<void> => {
  await page.getByLabel('Question').fill('How long can I return a mattress?');
  await page.keyboard.press('Enter');
  await page.getByRole('article').first().waitFor();
  await page.getByRole('article').first().scrollIntoViewIfNeeded();
};

const shotsOf = ({ agentId, callId, liveCallId }: Scene): readonly Shot[] => {
  const agent = (tab: string): string => `/agents/${agentId}?tab=${tab}`;
  return [
    { name: 'agents', path: '/agents', sign: 'Cozy Comfort', narrow: true },
    { name: 'create', path: '/agents/new' },
    { name: 'agent', path: agent('overview'), sign: 'Activate agent', narrow: true },
    { name: 'agent-chat', path: agent('chat'), prepare: chat, narrow: true },
    { name: 'agent-talk', path: agent('talk'), sign: 'Not connected' },
    { name: 'agent-sop', path: agent('sop'), sign: 'c34' },
    { name: 'agent-knowledge', path: agent('knowledge'), prepare: ask },
    { name: 'agent-code', path: agent('code'), sign: 'approved' },
    { name: 'agent-versions', path: agent('versions'), sign: 'Answers' },
    { name: 'agent-channels', path: agent('channels'), sign: 'Change channels' },
    { name: 'agent-context', path: agent('context'), sign: 'Special instructions' },
    { name: 'live', path: `/live/${liveCallId}`, sign: 'Take part', narrow: true },
    { name: 'calls', path: '/calls', sign: 'Completed', narrow: true },
    { name: 'call', path: `/calls/${callId}`, sign: 'Agent speaks', narrow: true },
    { name: 'numbers', path: '/numbers', sign: '+12025550101', narrow: true },
    { name: 'statistics', path: '/statistics', sign: 'Key figures', narrow: true },
    { name: 'providers', path: `/providers?agentId=${agentId}`, sign: 'Amazon Nova Sonic' },
    { name: 'settings', path: '/settings' },
  ];
};

async function shoot(dashboard: DashboardHarness, shots: readonly Shot[]): Promise<void> {
  for (const view of [
    { width: 1280, dark: false },
    { width: 390, dark: true },
  ]) {
    const wanted = shots.filter(({ narrow = false }) => view.width > 500 || narrow);
    if (wanted.length === 0) continue;
    const { page, context } = await dashboard.openAs(TENANT, view);
    for (const { name, path, sign, prepare } of wanted) {
      await page.goto(dashboard.url + path);
      await page.getByRole('heading', { level: 1 }).first().waitFor();
      if (sign !== undefined) {
        const shown = page.locator('main').getByText(sign).filter({ visible: true }).first();
        await shown.waitFor().catch(() => console.log(`${name}: “${sign}” is not shown`));
      }
      await prepare?.(page);
      await page.waitForLoadState('networkidle');
      const file = `${name}${view.dark ? '-narrow-dark' : ''}.png`;
      await page.screenshot({ path: join(OUT, file) });
      console.log(file);
    }
    await context.close();
  }
}

async function callTo(api: Api, agentId: string, questions: readonly string[]): Promise<[Caller, string]> {
  const { body } = await api.request<Ticket>('POST', '/api/v1/voice-tickets', { agentId, transport: 'relay' });
  const caller = await dial(body);
  const { callId } = await caller.start();
  await caller.answer(/./, 0);
  await caller.quiet();
  for (const question of questions) {
    const answer = caller.answer(/./);
    caller.type(question);
    await answer;
    await caller.quiet();
  }
  return [caller, callId];
}

/** An agent with a number, calls to it that are over and one that goes on; a second agent beside it. */
async function setScene(
  dashboard: DashboardHarness,
  scratch: string,
): Promise<Scene & { readonly hangUp: () => void }> {
  const token = await dashboard.tokenOf(TENANT);
  const api = new Api(dashboard.url, token);
  const example = readExample(join(ROOT, 'examples/cozy-comfort'));
  const [{ agentId }] = await Promise.all([
    exampleAgent(new ApiClient(dashboard.url, token), example, scratch, console.log),
    createAgent(api, voiceForm()),
  ]);
  await api.request('POST', '/api/v1/phone-numbers/sync');
  const number = encodeURIComponent('+12025550100');
  await api.request('PUT', `/api/v1/phone-numbers/${number}/assignment`, { agentId });
  const [first, callId] = await callTo(api, agentId, [
    'How long can I return a mattress?',
    'What does the summer duvet cost?',
    'I would like to speak to a person.',
  ]);
  await first.leave().catch(() => undefined);
  await recordWhen(api, callId, isOver);
  const [caller, liveCallId] = await callTo(api, agentId, ['How do I wash a down pillow?']);
  // Whoever says nothing for long is hung up on.
  const talking = setInterval(() => caller.type('And what does the summer duvet cost?'), 12_000);
  const hangUp = (): void => {
    clearInterval(talking);
    caller.hangUp();
  };
  return { agentId, callId, liveCallId, hangUp };
}

if (!hasBrowser) throw new Error('There is no Chromium on the path.');
mkdirSync(OUT, { recursive: true });
const dashboard = await startDashboard({ speech: textOnlySpeech() });
const scratch = mkdtempSync(join(tmpdir(), 'oratio-shots-'));
try {
  const { hangUp, ...scene } = await setScene(dashboard, scratch);
  const wanted = process.argv.slice(2);
  await shoot(
    dashboard,
    shotsOf(scene).filter(({ name }) => wanted.length === 0 || wanted.includes(name)),
  );
  hangUp();
} finally {
  await dashboard.stop();
  rmSync(scratch, { recursive: true, force: true });
}
