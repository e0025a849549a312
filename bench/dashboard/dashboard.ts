/** What loading the dashboard costs a browser, against a Cloudscape page with nothing in it. */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';
import type { BrowserContext } from 'playwright-core';
import { buildDashboard } from '../../scripts/build-dashboard.ts';
import { startDashboard } from '../../test/browser/support/dashboard.ts';
import { median, table } from '../table.ts';

const EMPTY = resolve(import.meta.dirname, '../../build/bench/empty');
const RUNS = 7;

export interface PageLoad {
  readonly page: string;
  /** Scripts as they were sent, compressed. */
  readonly scriptBytes: number;
  readonly styleBytes: number;
  /** From the start of navigation until the heading is there and the main thread has been free for 50 ms. */
  readonly interactiveMs: number;
}

const TYPES: Readonly<Record<string, string>> = { js: 'text/javascript', css: 'text/css', woff2: 'font/woff2' };

/** The empty page, compressed as the embedded CloudFront compresses. */
async function serveEmpty(): Promise<{ readonly url: string; readonly close: () => void }> {
  await buildDashboard(EMPTY, 'web/empty/main.tsx');
  const squeezed = new Map<string, Buffer>();
  const server = createServer(({ url = '/' }, response) => {
    const name = url.startsWith('/assets/') ? url : '/index.html';
    const params = { [constants.BROTLI_PARAM_QUALITY]: 5 };
    const body = squeezed.get(name) ?? brotliCompressSync(readFileSync(join(EMPTY, name)), { params });
    squeezed.set(name, body);
    const type = TYPES[name.split('.').at(-1) ?? ''] ?? 'text/html';
    response.writeHead(200, { 'content-type': type, 'content-encoding': 'br', 'content-length': body.length });
    response.end(body);
  });
  await new Promise<void>((listening) => {
    server.listen(0, '127.0.0.1', listening);
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, close: () => void server.close() };
}

/** In the page: the end of the work after which, with the heading there, the main thread stayed free for 50 ms. */
const INTERACTIVE = `new Promise((done) => {
  const STEP_MS = 5, FREE_MS = 50;
  let [busyUntil, before] = [performance.now(), performance.now()];
  const look = () => {
    const now = performance.now();
    if (!document.querySelector('h1') || now - before > 3 * STEP_MS) busyUntil = now;
    before = now;
    if (now - busyUntil > FREE_MS) done(busyUntil);
    else setTimeout(look, STEP_MS);
  };
  look();
})`;

async function load(context: BrowserContext, page: string, url: string): Promise<PageLoad> {
  const [tab] = context.pages();
  if (!tab) throw new Error('there is no page to load with');
  let [scriptBytes, styleBytes] = [0, 0];
  const session = await context.newCDPSession(tab);
  await session.send('Network.enable');
  await session.send('Network.setCacheDisabled', { cacheDisabled: true });
  const kinds = new Map<string, string>();
  session.on('Network.responseReceived', ({ requestId, type }) => kinds.set(requestId, type));
  session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    if (kinds.get(requestId) === 'Script') scriptBytes += encodedDataLength;
    if (kinds.get(requestId) === 'Stylesheet') styleBytes += encodedDataLength;
  });
  await tab.goto(url, { waitUntil: 'commit' });
  const interactiveMs = (await tab.evaluate(INTERACTIVE)) as number;
  await tab.waitForLoadState('networkidle');
  await session.detach();
  return { page, scriptBytes, styleBytes, interactiveMs };
}

/** Loads both pages by turns, each with an empty cache; the middle of seven. */
export async function measureDashboard(): Promise<readonly PageLoad[]> {
  const empty = await serveEmpty();
  const dashboard = await startDashboard();
  try {
    const signedIn = await dashboard.openAs('bench', { path: '/agents' });
    const nothing = await dashboard.browser.newContext({ viewport: { width: 1280, height: 900 } });
    await nothing.newPage();
    const loads: PageLoad[] = [];
    for (let run = 0; run < RUNS; run += 1) {
      loads.push(await load(nothing, 'empty Cloudscape page', empty.url));
      loads.push(await load(signedIn.context, 'dashboard, agents', `${dashboard.url}/agents`));
    }
    return loads;
  } finally {
    empty.close();
    await dashboard.stop();
  }
}

/** The dashboard against the empty page. */
export function dashboardTable(loads: readonly PageLoad[]): string {
  const names = [...new Set(loads.map(({ page }) => page))];
  const of = (page: string, field: 'scriptBytes' | 'styleBytes' | 'interactiveMs'): number =>
    median(loads.filter((one) => one.page === page).map((one) => one[field]));
  const [first = ''] = names;
  const ratio = (page: string, field: 'scriptBytes' | 'interactiveMs'): string =>
    `${(of(page, field) / of(first, field)).toFixed(2)} ×`;
  return table(
    ['page', 'scripts, kB', 'styles, kB', 'interactive, ms', 'scripts', 'interactive'],
    names.map((page) => [
      page,
      Math.round(of(page, 'scriptBytes') / 1000),
      Math.round(of(page, 'styleBytes') / 1000),
      Math.round(of(page, 'interactiveMs')),
      ratio(page, 'scriptBytes'),
      ratio(page, 'interactiveMs'),
    ]),
  );
}
