import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import type { CloudOptions } from '../../../local/cloud.ts';
import { type Harness, startHarness } from '../../e2e/support/harness.ts';
import { chromiumPath, launchWithMicrophone } from './chromium.ts';

/** Of every user that `tokenOf` of the harness makes. */
const PASSWORD = 'Correct-horse-battery-1';

export interface OpenOptions {
  /** Of the dashboard, with its query; `/agents` unless given. */
  readonly path?: string;
  /** In pixels; 1280 unless given. Below 500 the page is as high as a telephone. */
  readonly width?: number;
  readonly dark?: boolean;
}

/** A page of the dashboard with what it complained about: errors in the console, refused by policy, thrown. */
export interface OpenPage {
  readonly page: Page;
  readonly context: BrowserContext;
  readonly complaints: readonly string[];
  /** Addresses of all requests. */
  readonly asked: readonly string[];
}

/** One embedded cloud and one browser for a whole file of tests. */
export interface DashboardHarness {
  readonly harness: Harness;
  readonly browser: Browser;
  /** `http://127.0.0.1:PORT`, where the dashboard and the API are. */
  readonly url: string;
  /** An access token of the tenant, for preparing things by the API. */
  readonly tokenOf: (tenant: string) => Promise<string>;
  /** A new browser profile at the page, which is the sign-in form. */
  readonly open: (options?: OpenOptions) => Promise<OpenPage>;
  /** The same, signed in as the tenant (made on first use) by the form, as a person would; shows `path`. */
  readonly openAs: (tenant: string, options?: OpenOptions) => Promise<OpenPage>;
  readonly stop: () => Promise<void>;
}

/** Whether there is a browser to test with. */
export const hasBrowser = chromiumPath !== undefined;

/** What a browser writes of every answer from 400 on; one that says “there is none” is no failure of the page. */
const REFUSED = /^Failed to load resource: the server responded with a status of 4\d\d/;

/** Fills in Cognito's form and waits until the dashboard is back; or a page of it that says `sign`. */
export async function signIn(page: Page, tenant: string, sign?: string): Promise<void> {
  await page.getByLabel('Email').fill(`${tenant}@tenant.example`);
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in' }).click();
  try {
    const back = sign === undefined ? page.locator('#oratio-main') : page.getByText(sign);
    await back.waitFor({ timeout: 40_000 });
  } catch (cause) {
    throw new Error(`The dashboard did not come back: ${page.url()} ${await page.locator('body').textContent()}`, {
      cause,
    });
  }
}

/** Starts the whole cloud and a browser. `options` are those of the cloud. */
export async function startDashboard(options: Partial<CloudOptions> = {}): Promise<DashboardHarness> {
  const harness = await startHarness(options);
  const { apiUrl: url } = harness.cloud;
  const browser = await launchWithMicrophone();
  const open: DashboardHarness['open'] = async ({ path = '/agents', width = 1280, dark = false } = {}) => {
    const context = await browser.newContext({
      viewport: { width, height: width < 500 ? 844 : 900 },
      colorScheme: dark ? 'dark' : 'light',
      reducedMotion: 'reduce',
    });
    const page = await context.newPage();
    const complaints: string[] = [];
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    page.on('console', (message) => {
      if (message.type() === 'error' && !REFUSED.test(message.text())) complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto(url + path);
    await page.waitForURL('**/login?*', { waitUntil: 'commit' }).catch(async (error: unknown) => {
      const shown = await page.locator('body').textContent();
      throw new Error(`No sign-in page: ${page.url()} shows "${shown ?? ''}"; ${complaints.join('; ')}`, {
        cause: error,
      });
    });
    return { page, context, complaints, asked };
  };
  return {
    harness,
    browser,
    url,
    tokenOf: harness.tokenOf,
    open,
    openAs: async (tenant, given) => {
      await harness.tokenOf(tenant);
      const opened = await open(given);
      await signIn(opened.page, tenant);
      return opened;
    },
    stop: async () => {
      await browser.close();
      await harness.stop();
    },
  };
}

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

interface AxeResult {
  readonly violations: readonly {
    readonly id: string;
    readonly nodes: readonly { readonly target: readonly unknown[] }[];
  }[];
}

/** What axe finds wrong with the page as it stands (WCAG 2.2 AA): `rule: element`, empty when it is clean. */
export async function axeFindings(page: Page): Promise<readonly string[]> {
  // By the debugger: a script element of ours would be refused by the page's policy.
  await page.evaluate(`window.axe === undefined && (() => { ${AXE} })()`);
  const run = `window.axe.run(document, { runOnly: ${JSON.stringify(RULES)}, resultTypes: ['violations'] })`;
  const { violations } = (await page.evaluate(run)) as AxeResult;
  return violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(' ')}`));
}

/** How far the page is wider than the window, in pixels: 0 unless something sticks out. */
export const overflowOf = async (page: Page): Promise<number> =>
  (await page.evaluate('document.scrollingElement.scrollWidth - document.documentElement.clientWidth')) as number;

/**
 * Waits until the expression is true in the page, which is asked again and again: waiting within the page would need
 * `eval`, which its policy forbids. The test's own time limit ends a wait for what never comes.
 */
export async function until(page: Page, expression: string): Promise<void> {
  while ((await page.evaluate(expression)) !== true) await sleep(50);
}
