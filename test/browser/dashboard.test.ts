import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  axeFindings,
  type DashboardHarness,
  hasBrowser,
  overflowOf,
  signIn,
  startDashboard,
  until,
} from './support/dashboard.ts';

const PAGES = [
  ['/agents', 'Agents'],
  ['/agents/new', 'Create an agent'],
  ['/live', 'Live'],
  ['/calls', 'Calls'],
  ['/numbers', 'Numbers'],
  ['/statistics', 'Statistics'],
  ['/providers', 'Providers'],
  ['/settings', 'Settings'],
] as const;

const pathOf = (page: Page): string => page.url().slice(new URL(page.url()).origin.length);
const shown = (page: Page, title: string) => until(page, `document.title === ${JSON.stringify(`${title} · Oratio`)}`);
const settled = async (page: Page): Promise<void> => {
  await page.getByRole('heading', { level: 1 }).first().waitFor();
  // A page that listens is never done with the network.
  await until(page, '!/\\b(?:Loading|Reading) /.test(document.body.innerText)');
};

/** Makes the access token look as if its hour were over. */
const expireToken = (page: Page) =>
  page.evaluate(`(() => {
    for (const key of Object.keys(sessionStorage).filter((name) => name.startsWith('oidc.user:'))) {
      const user = JSON.parse(sessionStorage.getItem(key));
      sessionStorage.setItem(key, JSON.stringify({ ...user, expires_at: 1 }));
    }
  })()`);

describe.skipIf(!hasBrowser)('the dashboard', () => {
  let dashboard: DashboardHarness;

  beforeAll(async () => {
    dashboard = await startDashboard();
    await dashboard.tokenOf('alice');
  });
  afterAll(() => dashboard?.stop());

  test('sends to sign-in, comes back to the page that was asked for, and leaves nothing behind at sign-out', async () => {
    const { page, complaints, asked } = await dashboard.open({ path: '/settings?tab=theme' });
    await signIn(page, 'alice');
    await shown(page, 'Settings');
    expect(pathOf(page)).toBe('/settings?tab=theme');
    await page.getByRole('button', { name: 'alice@tenant.example' }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'You are signed out' }).waitFor();
    expect(await page.evaluate("Object.keys(sessionStorage).filter((key) => key.startsWith('oidc.user'))")).toEqual([]);
    await page.goto(`${dashboard.url}/agents`);
    await page.getByLabel('Password').waitFor();
    const { apiUrl, endpointUrl, webSocketUrl = '' } = dashboard.harness.cloud;
    const known = [apiUrl, endpointUrl, webSocketUrl].map((url) => new URL(url).host);
    const hosts = new Set(asked.filter((url) => /^(http|ws)/.test(url)).map((url) => new URL(url).host));
    expect({ complaints, strangers: [...hosts].filter((host) => !known.includes(host)) }).toEqual({
      complaints: [],
      strangers: [],
    });
  });

  test('renews a token that has expired, and when it cannot, loses nothing that was typed', async () => {
    const { page, context, asked } = await dashboard.openAs('alice', { path: '/settings' });
    await shown(page, 'Settings');
    await expireToken(page);
    const before = asked.length;
    await page.getByRole('link', { name: 'Calls', exact: true }).click();
    await shown(page, 'Calls');
    await settled(page);
    const since = asked.slice(before).map((url) => new URL(url).pathname);
    expect([since.filter((path) => path === '/oauth2/token').length, since.includes('/login')]).toEqual([1, false]);

    await page.getByRole('link', { name: 'Agents', exact: true }).click();
    await page.getByRole('combobox', { name: 'Find agents' }).fill('half a wo');
    await context.clearCookies();
    await page.evaluate(`fetch(${JSON.stringify(`${dashboard.harness.cloud.endpointUrl}/oauth2/revoke`)}, {
      method: 'POST',
      body: new URLSearchParams({
        token: JSON.parse(sessionStorage.getItem(Object.keys(sessionStorage).find((key) => key.startsWith('oidc.user:')))).refresh_token,
      }),
    })`);
    await expireToken(page);
    const dialog = page.getByRole('dialog', { name: 'Your session has ended' });
    // Whoever comes back to the tab has what is shown read anew, once it is older than five seconds.
    await until(
      page,
      "dispatchEvent(new Event('visibilitychange')) && document.body.innerText.includes('Your session has ended')",
    );
    expect(await axeFindings(page)).toEqual([]);
    const [other] = await Promise.all([
      context.waitForEvent('page'),
      dialog.getByRole('link', { name: 'Sign in in a new tab' }).click(),
    ]);
    await signIn(other, 'alice', 'You are signed in again');
    await dialog.waitFor({ state: 'hidden' });
    await page.getByText('You are signed in again').waitFor();
    expect(await page.getByRole('combobox', { name: 'Find agents' }).inputValue()).toBe('half a wo');
    await page.getByRole('link', { name: 'Calls', exact: true }).click();
    await shown(page, 'Calls');
    await settled(page);
  });

  test('is walked by links and by keyboard; each page has its title and gets the focus', async () => {
    const { page, complaints } = await dashboard.openAs('alice');
    await shown(page, 'Agents');
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to the page');
    await page.keyboard.press('Enter');
    expect(await page.evaluate('document.activeElement.id')).toBe('oratio-main');
    await page.getByRole('link', { name: 'Numbers', exact: true }).click();
    await shown(page, 'Numbers');
    expect([pathOf(page), await page.evaluate('document.activeElement.id')]).toEqual(['/numbers', 'oratio-main']);
    await page.goBack();
    await shown(page, 'Agents');
    await page.goto(`${dashboard.url}/nowhere/at/all`);
    await page.getByRole('heading', { name: 'There is no such page' }).waitFor();
    expect(complaints).toEqual([]);
  });

  test.each([
    { width: 1280, dark: false },
    { width: 390, dark: true },
  ])('is clean for axe, fits and complains of nothing at $width px, dark: $dark', async (options) => {
    const { page, complaints } = await dashboard.openAs('alice', options);
    const findings: Record<string, unknown> = {};
    // With something on them, the others are looked at in this width by the tests of what they do.
    for (const [path, title] of options.dark ? PAGES : PAGES.slice(-1)) {
      await page.evaluate(`history.pushState(null, '', '${path}'); dispatchEvent(new PopStateEvent('popstate'))`);
      await shown(page, title);
      await settled(page);
      const found = await axeFindings(page);
      const overflow = await overflowOf(page);
      if (found.length > 0 || overflow > 0) findings[path] = { found, overflow };
    }
    expect({ findings, complaints }).toEqual({ findings: {}, complaints: [] });
  });
});
