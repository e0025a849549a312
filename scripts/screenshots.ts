/**
 * `node scripts/screenshots.ts [PAGE…]`: pictures of the dashboard's pages over the example agent, at two widths, light
 * and dark, into `docs/screenshots/`. Needs Chromium.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { ApiClient } from '../local/start/api-client.ts';
import { exampleAgent } from '../local/start/demonstration.ts';
import { readExample } from '../local/start/example.ts';
import { type DashboardHarness, hasBrowser, startDashboard } from '../test/browser/support/dashboard.ts';

const ROOT = resolve(import.meta.dirname, '..');
const OUT = join(ROOT, 'docs/screenshots');
const TENANT = 'demo';
const VIEWS = [
  { width: 1280, dark: false },
  { width: 1280, dark: true },
  { width: 390, dark: false },
  { width: 390, dark: true },
] as const;

interface Shot {
  readonly name: string;
  readonly path: string;
}

const shotsOf = (agentId: string): readonly Shot[] => [
  { name: 'agents', path: '/agents' },
  { name: 'create', path: '/agents/new' },
  { name: 'agent', path: `/agents/${agentId}` },
  { name: 'live', path: '/live' },
  { name: 'calls', path: '/calls' },
  { name: 'numbers', path: '/numbers' },
  { name: 'statistics', path: '/statistics' },
  { name: 'providers', path: '/providers' },
  { name: 'settings', path: '/settings' },
];

async function shoot(dashboard: DashboardHarness, shots: readonly Shot[]): Promise<void> {
  for (const view of VIEWS) {
    const { page, context } = await dashboard.openAs(TENANT, view);
    for (const { name, path } of shots) {
      await page.goto(dashboard.url + path);
      await page.getByRole('heading', { level: 1 }).first().waitFor();
      await page.waitForLoadState('networkidle');
      const file = `${name}-${view.width}-${view.dark ? 'dark' : 'light'}.png`;
      await page.screenshot({ path: join(OUT, file) });
      console.log(file);
    }
    await context.close();
  }
}

if (!hasBrowser) throw new Error('There is no Chromium on the path.');
mkdirSync(OUT, { recursive: true });
const dashboard = await startDashboard();
const scratch = mkdtempSync(join(tmpdir(), 'oratio-shots-'));
try {
  const api = new ApiClient(dashboard.url, await dashboard.tokenOf(TENANT));
  const { agentId } = await exampleAgent(api, readExample(join(ROOT, 'examples/cozy-comfort')), scratch, console.log);
  const wanted = process.argv.slice(2);
  await shoot(
    dashboard,
    shotsOf(agentId).filter(({ name }) => wanted.length === 0 || wanted.includes(name)),
  );
} finally {
  await dashboard.stop();
  rmSync(scratch, { recursive: true, force: true });
}
