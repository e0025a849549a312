/** What watching calls costs a browser: from a final transcript at the owner to its paint, and 20 calls at once. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { textOnlySpeech } from '../../local/speech/text-only.ts';
import type { OperatorMessage, OperatorRequest } from '../../shared/live/operator-messages.ts';
import { type DashboardHarness, startDashboard } from '../../test/browser/support/dashboard.ts';
import { Api } from '../../test/e2e/support/api.ts';
import { dial } from '../../test/e2e/support/caller.ts';
import { createAgent, type Ticket } from '../../test/e2e/support/talk.ts';
import { median, table } from '../table.ts';

const QUESTIONS = 9;
const CALLS = 20;
/** Guesses at words, as a speech model sends them while somebody talks. */
const WORDS_A_SECOND = 4;
const WATCHED_MS = 10_000;

interface Painted {
  readonly text: string;
  readonly atMs: number;
}

/** In the page: when each line of the transcript was first painted, in Unix milliseconds. */
const NOTE_PAINTS = `(() => {
  globalThis.painted = [];
  const seen = new Set();
  new MutationObserver(() => {
    for (const line of document.querySelectorAll('.live-line:not(.live-line-guess)')) {
      const text = line.textContent;
      if (seen.has(text)) continue;
      seen.add(text);
      requestAnimationFrame(() => setTimeout(() => globalThis.painted.push({ text, atMs: Date.now() })));
    }
  }).observe(document.body, { subtree: true, childList: true, characterData: true });
})()`;

/** Milliseconds from the owner's own time of the caller's words until they are on the screen, a question each. */
async function paints(dashboard: DashboardHarness): Promise<readonly number[]> {
  const api = new Api(dashboard.url, await dashboard.tokenOf('watcher'));
  const agentId = await createAgent(api);
  const { body } = await api.request<Ticket>('POST', '/api/v1/voice-tickets', { agentId, transport: 'relay' });
  const caller = await dial(body);
  const { callId } = await caller.start();
  const { page, context } = await dashboard.openAs('watcher', { path: `/live?call=${callId}` });
  await page.getByRole('log', { name: 'Running transcript' }).waitFor();
  await page.evaluate(NOTE_PAINTS);
  const ms: number[] = [];
  for (let question = 1; question <= QUESTIONS; question += 1) {
    const text = `Question number ${question}?`;
    const final = caller.next('transcript', ({ role, stage }) => role === 'assistant' && stage === 'final');
    caller.type(text);
    await page.locator('.live-line-caller', { hasText: text }).waitFor();
    await final;
    const { body: record } = await api.request<{ events: { atMs: number; text?: string }[] }>(
      'GET',
      `/api/v1/calls/${callId}/events`,
    );
    const said = record.events.find((event) => event.text === text);
    const painted = ((await page.evaluate('globalThis.painted')) as Painted[]).find((one) => one.text.includes(text));
    if (said !== undefined && painted !== undefined) ms.push(painted.atMs - said.atMs);
    await caller.quiet();
  }
  caller.hangUp();
  await context.close();
  return ms;
}

const callIdOf = (index: number): string => `019a5c1e-7d00-7a3b-9c55-${String(index).padStart(12, '0')}`;

const callMessage = (index: number): OperatorMessage => ({
  type: 'call',
  call: {
    callId: callIdOf(index),
    agentId: callIdOf(99),
    agentName: 'Cozy Comfort',
    channel: 'browser',
    direction: 'inbound',
    fromNumber: null,
    toNumber: null,
    status: 'active',
    startedAtMs: Date.now(),
    turns: 1,
    costMicroUsd: 1000,
  },
});

/** Plays the feed of so many calls to a page: each is talked in all the time. */
async function playFeed(page: Page, calls: number): Promise<() => void> {
  const open = new AbortController();
  await page.routeWebSocket(/^wss?:/, (socket) => {
    const topics = new Set<string>();
    const tell = (message: OperatorMessage): void => socket.send(JSON.stringify(message));
    socket.onMessage((text) => {
      const request = JSON.parse(String(text)) as OperatorRequest;
      if (request.type === 'ping') return tell({ type: 'pong' });
      if (request.type === 'subscribe') for (const topic of request.topics) topics.add(topic);
      if (request.topics.includes('calls')) for (let index = 0; index < calls; index += 1) tell(callMessage(index));
      return tell({ type: 'subscribed', topics: [...topics] });
    });
    const talk = async (): Promise<void> => {
      for (let word = 1; !open.signal.aborted; word += 1) {
        await sleep(1000 / WORDS_A_SECOND);
        for (let index = 0; index < calls; index += 1) {
          const text = `This is what is said in call ${index}, word ${word}`;
          const event = {
            seq: null,
            atMs: Date.now(),
            kind: 'transcript',
            turn: Math.ceil(word / 20),
            role: 'user',
          } as const;
          tell({ type: 'call.event', callId: callIdOf(index), event: { ...event, stage: 'speculative', text } });
        }
      }
    };
    void talk();
  });
  return () => open.abort();
}

/** The share of one core that the page's main thread is busy, with the live page open on so many calls. */
async function mainThread(dashboard: DashboardHarness, calls: number): Promise<number> {
  const { page, context } = await dashboard.openAs('watcher', { path: '/settings' });
  const stop = await playFeed(page, calls);
  await page.evaluate(
    `history.pushState(null, '', '/live?call=${callIdOf(0)}'); dispatchEvent(new PopStateEvent('popstate'))`,
  );
  const sign = calls === 0 ? page.getByText('Nobody is on the line') : page.getByText(/word \d/).last();
  await sign.waitFor();
  const session = await context.newCDPSession(page);
  await session.send('Performance.enable');
  const busySeconds = async (): Promise<number> => {
    const { metrics } = await session.send('Performance.getMetrics');
    return metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN;
  };
  await sleep(1000);
  const [before, fromMs] = [await busySeconds(), performance.now()];
  await sleep(WATCHED_MS);
  const share = ((await busySeconds()) - before) / ((performance.now() - fromMs) / 1000);
  stop();
  await context.close();
  return share;
}

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

/** Both, as a table. */
export async function watchingTable(): Promise<string> {
  const dashboard = await startDashboard({ speech: textOnlySpeech() });
  try {
    const ms = await paints(dashboard);
    const [idle, busy] = [await mainThread(dashboard, 0), await mainThread(dashboard, CALLS)];
    return table(
      ['what', 'value'],
      [
        [`a final transcript at the owner until its paint, middle of ${ms.length}`, `${median(ms).toFixed(0)} ms`],
        ['the worst of them', `${Math.max(...ms).toFixed(0)} ms`],
        ['main thread with no call, share of one core', percent(idle)],
        [`main thread with ${CALLS} calls, ${WORDS_A_SECOND} guesses a second each`, percent(busy)],
      ],
    );
  } finally {
    await dashboard.stop();
  }
}
