import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OPERATION_DOCS } from '../../shared/http/operation-docs.ts';
import { OPERATIONS, type OperationId } from '../../shared/http/operations.ts';
import { type Harness, startHarness } from '../e2e/support/harness.ts';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'chrome'];
const executablePath = (process.env.PATH ?? '')
  .split(delimiter)
  .flatMap((folder) => NAMES.map((name) => join(folder, name)))
  .find(existsSync);

describe.skipIf(executablePath === undefined)('the documentation in a browser', () => {
  let harness: Harness;
  let browser: Browser;
  let page: Page;
  const asked: string[] = [];
  const complaints: string[] = [];

  beforeAll(async () => {
    harness = await startHarness();
    // A browser's own sandbox cannot be had as root; the page is ours.
    browser = await chromium.launch({ executablePath: executablePath ?? '', args: ['--no-sandbox'] });
    page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    page.on('request', (request) => asked.push(request.url()));
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto(`${harness.cloud.apiUrl}/docs`);
  });
  afterAll(async () => {
    await browser?.close();
    await harness?.stop();
  });

  it('shows every operation', async () => {
    // What was opened brings its neighbours with it: a click for each would render the page a hundred times.
    const words = (text: string): string => text.trim().replace(/\W+$/, '');
    const isShown = async (summary: string): Promise<boolean> => {
      const headings = await page.locator('h3:visible').allTextContents();
      return headings.some((text) => words(text) === words(summary));
    };
    for (const id of Object.keys(OPERATIONS) as OperationId[]) {
      const { summary } = OPERATION_DOCS[id];
      const link = page
        .locator('a[href^="#tag/"]')
        // Of the sidebar's links, which name the method after the summary.
        .filter({ hasText: new RegExp(`^\\s*${summary}\\s*HTTP method`, 'i'), visible: true })
        .first();
      if (await isShown(summary)) await link.waitFor();
      else await link.click();
      await expect.poll(() => isShown(summary), { message: summary, timeout: 10_000 }).toBe(true);
    }
  });

  it('asks nobody but its own origin', () => {
    const origins = new Set(asked.filter((url) => !url.startsWith('data:')).map((url) => new URL(url).origin));
    expect([...origins]).toEqual([harness.cloud.apiUrl]);
  });

  it('has nothing to complain about', () => {
    expect(complaints).toEqual([]);
  });
});
