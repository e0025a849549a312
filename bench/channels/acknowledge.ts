/** How long a platform waits for its 200, against a function in the same cloud that does nothing. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { synthesize } from '../../local/start/synthesize.ts';
import { EVERY_CHANNEL } from '../stage.ts';
import { percentile } from '../table.ts';
import type { Tenant } from './tenant.ts';

const ROOT = resolve(import.meta.dirname, '../..');
/** A route that is as open as the platforms' webhooks; its function is emptied. */
const EMPTY = { logicalId: /AnswerPhoneCall/, path: '/api/v1/webhooks/twilio/voice' };
const EMPTY_CODE = 'export const handler = async () => ({ statusCode: 200 });\n';

/** The synthesized stage with one function emptied; `remove` takes the copy away. */
export async function assemblyWithEmptyHandler(): Promise<{ readonly dir: string; readonly remove: () => void }> {
  const { dir: from } = await synthesize(ROOT, 'build/assembly', EVERY_CHANNEL);
  const dir = mkdtempSync(join(tmpdir(), 'oratio-bench-'));
  cpSync(from, dir, { recursive: true });
  const { Resources } = JSON.parse(readFileSync(join(dir, 'App.template.json'), 'utf8')) as {
    Resources: Record<string, { Type: string; Properties?: { Code?: { S3Key?: string } } }>;
  };
  const found = Object.entries(Resources).find(
    ([id, { Type }]) => Type === 'AWS::Lambda::Function' && EMPTY.logicalId.test(id),
  );
  const asset = found?.[1].Properties?.Code?.S3Key?.replace('.zip', '');
  if (asset === undefined) throw new Error('there is no function to empty');
  writeFileSync(join(dir, `asset.${asset}`, 'index.mjs'), EMPTY_CODE);
  return { dir, remove: () => rmSync(dir, { recursive: true, force: true }) };
}

export interface Spread {
  readonly p50: number;
  readonly p99: number;
}

export interface AcknowledgeRow {
  readonly atOnce: number;
  readonly requests: number;
  /** Milliseconds from sending to the end of the answer. */
  readonly ours: Spread;
  readonly empty: Spread;
}

interface Post {
  readonly url: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

async function timed({ url, body, headers }: Post): Promise<number> {
  const started = performance.now();
  const answer = await fetch(url, { method: 'POST', body, headers });
  await answer.arrayBuffer();
  if (answer.status !== 200) throw new Error(`${url} answered ${answer.status}`);
  return performance.now() - started;
}

/** Times of `requests` posts of each, by turns in groups of `atOnce`. */
async function byTurns(posts: readonly Post[], atOnce: number, requests: number): Promise<number[][]> {
  const times: number[][] = posts.map(() => []);
  for (let sent = 0; sent < requests; sent += atOnce) {
    for (const [index, post] of posts.entries()) {
      times[index]?.push(...(await Promise.all(Array.from({ length: atOnce }, () => timed(post)))));
    }
  }
  return times;
}

const spreadOf = (times: readonly number[]): Spread => ({ p50: percentile(times, 0.5), p99: percentile(times, 0.99) });

/** Body and signature of one message, as Meta sends it. */
function signedMessage({ meta, accounts, metaWebhookUrl }: Tenant): Post {
  const timestamp = String(Math.floor(Date.now() / 1000));
  const message = { from: '16315551234', id: 'wamid.BENCH', timestamp, type: 'text', text: { body: 'Are you open?' } };
  const value = {
    messaging_product: 'whatsapp',
    metadata: { display_phone_number: '15550783881', phone_number_id: accounts.whatsapp.accountId },
    contacts: [{ profile: { name: 'Kim' }, wa_id: message.from }],
    messages: [message],
  };
  const entry = [{ id: '102290129340398', changes: [{ field: 'messages', value }] }];
  const body = JSON.stringify({ object: 'whatsapp_business_account', entry });
  const headers = { 'content-type': 'application/json', 'x-hub-signature-256': meta.sign(body) };
  return { url: metaWebhookUrl, body, headers };
}

/**
 * The same signed message again and again: signature, account and queue are asked each time, while the queue hands it
 * out once, so that answering does not disturb.
 */
export async function measureAcknowledgement(
  tenant: Tenant,
  loads: readonly { readonly atOnce: number; readonly requests: number }[],
): Promise<AcknowledgeRow[]> {
  const ours = signedMessage(tenant);
  const empty = { ...ours, url: `${tenant.harness.cloud.apiUrl}${EMPTY.path}` };
  const customer = tenant.accounts.whatsapp.customer('16315551234', 'Kim');
  await timed(ours);
  await customer.inbox(1).catch(() => []);
  const rows: AcknowledgeRow[] = [];
  for (const { atOnce, requests } of loads) {
    await byTurns([ours, empty], atOnce, atOnce * 5);
    const [mine = [], theirs = []] = await byTurns([ours, empty], atOnce, requests);
    rows.push({ atOnce, requests, ours: spreadOf(mine), empty: spreadOf(theirs) });
  }
  return rows;
}
