import { mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { BatchWriteCommand, DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  axeFindings,
  type DashboardHarness,
  hasBrowser,
  overflowOf,
  startDashboard,
  until,
} from './support/dashboard.ts';

const EXAMPLE = resolve(import.meta.dirname, '../../examples/cozy-comfort');
/** Where screenshots go when somebody wants them: `SCREENSHOTS=docs/screenshots`. */
const SCREENSHOTS = process.env.SCREENSHOTS;

const DESCRIPTIONS = {
  'files/products': 'Product catalogue with sizes, fillings and prices',
  'files/policies': 'Terms',
  'files/policies/return-policy.pdf': 'Returns, trial nights and warranty',
  'files/help/care-guide.html': 'How to wash, dry and store bedding',
  'files/help/faq.md': 'Frequent questions',
};

const next = (page: Page) => page.getByRole('button', { name: 'Next', exact: true }).click();

/** Goes from step to step, each first as it must not be left; gives what axe found on the way. */
async function fillWizard(page: Page): Promise<readonly string[]> {
  const findings: string[] = [];
  const look = async (name: string): Promise<void> => {
    findings.push(...(await axeFindings(page)).map((finding) => `${name}: ${finding}`));
    await picture(page, `create-${name}`);
  };
  await next(page);
  await page.getByText('Give the agent a name.').waitFor();
  await page.getByRole('textbox', { name: 'Name' }).fill('Cozy Comfort');
  await look('basics');
  await next(page);
  await page.getByLabel('SOP file').setInputFiles(`${EXAMPLE}/sop.md`);
  await page.getByRole('list', { name: 'Clauses of the SOP' }).getByText('c34').waitFor();
  await look('sop');
  await next(page);
  await page.getByLabel('Folder', { exact: true }).setInputFiles(`${EXAMPLE}/files`);
  await next(page);
  await page.getByText('Say what is in it, or describe its folder.').first().waitFor();
  for (const [path, text] of Object.entries(DESCRIPTIONS)) {
    await page.getByLabel(`Description of ${path}`, { exact: true }).fill(text);
  }
  await look('files');
  await next(page);
  await page.getByLabel('Web chat').click();
  await look('channels');
  await next(page);
  await page.getByText('Terms. Returns, trial nights and warranty').waitFor();
  await look('review');
  return findings;
}

async function picture(page: Page, name: string): Promise<void> {
  if (SCREENSHOTS === undefined) return;
  await mkdir(SCREENSHOTS, { recursive: true });
  await page.screenshot({ path: `${SCREENSHOTS}/${name}.png` });
}

const tab = (page: Page, name: string) => page.getByRole('tab', { name, exact: true }).click();

/** What each tab shows once it has read what it shows. */
const TABS: readonly (readonly [string, string])[] = [
  ['Overview', 'Activate agent'],
  ['Talk', 'Not connected'],
  ['SOP', 'order_status'],
  ['Code', 'approved'],
  ['Versions', 'Answers'],
  ['Channels', 'Change channels'],
  ['Context', 'Special instructions'],
  ['API keys', 'No keys yet.'],
  ['Statistics', 'Key figures'],
  ['Customers', 'Nobody has written or called yet.'],
];

/** Rows as the product writes them, as far as a listing reads them. */
async function writeAgents({ harness }: DashboardHarness, userId: string, count: number): Promise<void> {
  const client = DynamoDBDocumentClient.from(new DynamoDBClient(harness.aws));
  const rows = Array.from({ length: count }, (_, index) => {
    const agentId = `01900000-0000-7000-8000-${String(index).padStart(12, '0')}`;
    const status = index % 10 === 0 ? 'paused' : 'active';
    return {
      userId,
      agentId,
      agentName: `Agent ${index}`,
      agentType: index % 2 === 0 ? 'both' : 'text',
      status,
      listKey: agentId,
      statusKey: `${status}#${agentId}`,
      knowledgeBaseId: agentId,
      version: 1,
      activeVersion: 1,
      createdAt: 1_795_000_000 + index,
      updatedAt: 1_795_000_000 + index,
    };
  });
  for (let at = 0; at < rows.length; at += 25) {
    const puts = rows.slice(at, at + 25).map((Item) => ({ PutRequest: { Item } }));
    await client.send(new BatchWriteCommand({ RequestItems: { 'oratio-dev-agents': puts } }));
  }
  client.destroy();
}

const subjectOf = (token: string): string =>
  (JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { sub: string }).sub;

describe.skipIf(!hasBrowser)('agents in the dashboard', () => {
  let dashboard: DashboardHarness;
  let page: Page;
  let complaints: readonly string[];

  beforeAll(async () => {
    dashboard = await startDashboard();
    ({ page, complaints } = await dashboard.openAs('anna', { path: '/agents' }));
  });
  afterAll(() => dashboard?.stop());

  test('the whole wizard, with real files in their folders, to an active agent that answers with its sources', async () => {
    await page.getByText('No agents yet').waitFor();
    const findings = [...(await axeFindings(page))];
    await page.getByRole('link', { name: 'Create agent' }).first().click();
    findings.push(...(await fillWizard(page)));
    await page.getByRole('button', { name: 'Create agent' }).click();

    // The state machine lights up, step by step.
    await page.locator('[data-step="ProvisionKnowledgeBase"][data-status="succeeded"]').waitFor();
    await picture(page, 'provisioning');
    await page.locator('[data-step="ActivateAgent"][data-status="succeeded"]').waitFor({ timeout: 90_000 });
    await page.getByText('1 of 1').waitFor();

    await tab(page, 'Test chat');
    await page.getByLabel('Message').fill('How long can I return a mattress?');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: /source/ }).click();
    const conversation = page.getByRole('list', { name: 'Conversation' });
    await conversation.getByText('files/policies/return-policy.pdf').waitFor();
    findings.push(...(await axeFindings(page)));
    await picture(page, 'agent-chat');

    expect({ findings, complaints }).toEqual({ findings: [], complaints: [] });
  });

  test('the knowledge is asked, and every tab of the agent is as clean as it is full', async () => {
    await tab(page, 'Knowledge');
    await page.getByLabel('Question').fill('How long can I return a mattress?');
    await page.keyboard.press('Enter');
    const best = page.getByRole('article', { name: 'files/policies/return-policy.pdf' }).first();
    await best.getByText('100 nights').waitFor();
    await picture(page, 'agent-knowledge');
    const findings: string[] = [];
    for (const [name, sign] of TABS) {
      await tab(page, name);
      await page.getByRole('tabpanel').getByText(sign).first().waitFor();
      // Scrolled, what is half below the bar at the top would count as too small to hit.
      await page.evaluate('scrollTo(0, 0)');
      findings.push(...(await axeFindings(page)).map((finding) => `${name}: ${finding}`));
      await picture(page, `agent-${name.toLowerCase().replace(' ', '-')}`);
    }
    expect({ findings, complaints }).toEqual({ findings: [], complaints: [] });
  });

  test('an agent that is paused in one window is paused in another at once', async () => {
    const { page: other } = await dashboard.openAs('anna', { width: 390, dark: true });
    // Whoever thinks better of it is where they were.
    await page.getByRole('button', { name: 'Actions for Cozy Comfort' }).click();
    await page.getByRole('menuitem', { name: 'Delete' }).click();
    await page.getByRole('dialog').getByRole('textbox').fill('Cozy');
    await page.keyboard.press('Escape');
    await until(page, "document.activeElement.getAttribute('aria-label') === 'Actions for Cozy Comfort'");
    await other.getByText('Active', { exact: true }).first().waitFor();
    await page.getByRole('button', { name: 'Actions for Cozy Comfort' }).click();
    await page.getByRole('menuitem', { name: 'Pause' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Pause' }).click();
    await other.getByText('Paused', { exact: true }).first().waitFor();
    await picture(other, 'agents-narrow-dark');
    expect({ findings: await axeFindings(other), overflow: await overflowOf(other) }).toEqual({
      findings: [],
      overflow: 0,
    });
  });

  test('a thousand agents are read page after page, found, sorted and gone through in the table', async () => {
    await writeAgents(dashboard, subjectOf(await dashboard.tokenOf('bob')), 1000);
    const { page: bobs, complaints: told } = await dashboard.openAs('bob');
    await bobs.getByRole('heading', { name: 'Agents (1,000)' }).waitFor();
    await bobs.getByRole('button', { name: 'Table' }).click();
    const table = bobs.getByRole('grid', { name: 'Agents' });
    const first = () => table.getByRole('rowheader').first().textContent();
    const newest = await first();
    await bobs.getByRole('button', { name: 'Page 3' }).click();
    const third = await first();
    await bobs.getByLabel('Find agents').fill('Agent 777');
    await bobs.keyboard.press('Enter');
    await bobs.getByText('1 agent', { exact: true }).first().waitFor();
    await picture(bobs, 'agents-table');
    expect({
      newest,
      third,
      found: await first(),
      rows: await table.getByRole('rowheader').count(),
      findings: await axeFindings(bobs),
      overflow: await overflowOf(bobs),
      told,
    }).toEqual({
      newest: 'Agent 999',
      third: 'Agent 951',
      found: 'Agent 777',
      rows: 1,
      findings: [],
      overflow: 0,
      told: [],
    });
  });
});
