import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { textOnlySpeech } from '../../local/speech/text-only.ts';
import { type Harness, PASSWORD, startHarness } from './support/harness.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const CLI = join(ROOT, 'cli/main.ts');
const EXAMPLE = join(ROOT, 'examples/cozy-comfort');

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

describe('the command line on the embedded cloud', () => {
  let harness: Harness;
  let home: string;
  let agentId = '';

  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), 'oratio-cli-'));
    harness = await startHarness({ speech: textOnlySpeech({ wordMs: 60 }) });
    await harness.tokenOf('ada');
  }, 300_000);
  afterAll(async () => {
    await harness?.stop();
    rmSync(home, { recursive: true, force: true });
  });

  const env = (more: Readonly<Record<string, string>> = {}) => ({
    PATH: process.env.PATH ?? '',
    HOME: home,
    XDG_CONFIG_HOME: join(home, 'config'),
    ...more,
  });
  const node = (script: string, args: readonly string[], { stdin = '', more = {} } = {}): Promise<Ended> =>
    new Promise((done) => {
      const options = { cwd: ROOT, env: env(more), maxBuffer: 10_000_000 };
      const child = execFile(process.execPath, [script, ...args], options, (error, stdout, stderr) =>
        done({ code: typeof error?.code === 'number' ? error.code : error ? 1 : 0, stdout, stderr }),
      );
      child.stdin?.end(stdin);
    });
  const oratio = (args: readonly string[], stdin = ''): Promise<Ended> => node(CLI, args, { stdin });

  it('signs in with a password and keeps the tokens for the owner of the machine alone', async () => {
    const user = ['--username', 'ada@tenant.example', '--password-stdin'];
    const api = ['--api', harness.cloud.apiUrl];
    expect(await oratio(['login', ...api, ...user], 'Wrong-horse-battery-1')).toMatchObject({
      code: 4,
      stdout: '',
    });
    expect(await oratio(['login', ...api, ...user], PASSWORD)).toMatchObject({
      code: 0,
      stdout: '',
      stderr: expect.stringContaining('as ada@tenant.example'),
    });
    expect(statSync(join(home, 'config/oratio/profiles.json')).mode & 0o777).toBe(0o600);
    expect(JSON.parse((await oratio(['whoami', '--json'])).stdout)).toEqual({
      api: harness.cloud.apiUrl,
      profile: 'default',
      email: 'ada@tenant.example',
      signedIn: true,
    });
  });

  it('creates an agent from its SOP and files, drawing each upload and step on a terminal', async () => {
    const { code, shown } = await onTerminal([process.execPath, CLI, 'agents', 'create', '--from', EXAMPLE, '--wait'], {
      cwd: ROOT,
      env: env({ TERM: 'xterm-256color' }),
    });
    expect({ code, shown: shown.slice(-2000) }).toMatchObject({ code: 0 });
    expect(shown).toContain('\u001b[32m✓\u001b[39m Upload help/faq.md');
    expect(shown).toContain('▸\u001b[39m');
    expect(shown).toContain('\u001b[32m✓\u001b[39m Activate the agent');
    // Drawn over, not again and again below each other.
    expect(shown).toContain('A\u001b[0J');
    agentId = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\r?\n$/.exec(shown)?.[0].trim() ?? '';
    expect(agentId).not.toBe('');
  });

  it('lists it for scripts, and shows exactly what the API answers', async () => {
    const [{ stdout }, asJson, nobody] = await Promise.all([
      oratio(['list']),
      oratio(['show', 'cozy comfort', '--json']),
      oratio(['show', 'Nobody']),
    ]);
    expect(stdout.split('\t').slice(0, 5)).toEqual([agentId, 'Cozy Comfort', 'active', 'both', '1']);
    const shown = JSON.parse(asJson.stdout) as { agentId: string };
    expect(shown).toMatchObject({ agentId, status: 'active', sop: readFileSync(join(EXAMPLE, 'sop.md'), 'utf8') });
    expect(nobody).toEqual({
      code: 3,
      stdout: '',
      stderr: '✗ You have no agent called "Nobody".\n',
    });
  });

  it('asks it, with the command line and with the client of the example', async () => {
    const question = 'How long can I return a mattress?';
    const token = await harness.tokenOf('ada');
    const more = { ORATIO_API_URL: harness.cloud.apiUrl, ORATIO_TOKEN: token };
    const [{ code, stdout }, example] = await Promise.all([
      oratio(['ask', 'Cozy Comfort', ...question.split(' ')]),
      node(join(ROOT, 'examples/client/ask.ts'), ['Cozy Comfort', question], { more }),
    ]);
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: expect.stringMatching(/100 nights[\s\S]*\[1\] policies\/return-policy\.pdf/),
    });
    expect(example).toEqual({ code: 0, stdout: expect.stringContaining('100 nights'), stderr: '' });
  });

  it('makes a key, and calls with it', async () => {
    const made = await oratio(['keys', 'create', agentId, '--name', 'shop']);
    expect(made).toEqual({ code: 0, stdout: expect.stringMatching(/^ok_\S+\n$/), stderr: '' });
    const reply = join(home, 'reply.wav');
    const typed = ['talk', agentId, '--text', 'How long can I return a mattress?', '-o', reply, '--json'];
    const talked = await oratio([...typed, '--token', made.stdout.trim()]);
    expect(talked).toMatchObject({ code: 0, stderr: expect.stringContaining('on line') });
    const { callId, answer } = JSON.parse(talked.stdout) as { callId: string; answer: string };
    expect(answer).toContain('100 nights');
    expect(readFileSync(reply).subarray(0, 4).toString()).toBe('RIFF');
    const [listed, exported, logged] = await Promise.all([
      oratio(['calls', '--search', 'mattress cozy', '--agent', 'Cozy Comfort']),
      oratio(['calls', 'export']),
      oratio(['logs', '--call', callId]),
    ]);
    expect(listed.stdout).toContain(callId);
    expect(exported.stdout).toMatch(new RegExp(`^callId,agentId,status,.*\\r\\n${callId},${agentId},`));
    expect(logged).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/caller {2,}How long/),
    });
  });

  it('destroys it only when told so, and waits until nothing is left', async () => {
    expect(await oratio(['destroy', agentId])).toMatchObject({ code: 2, stderr: expect.stringContaining('--yes') });
    expect(await oratio(['destroy', agentId, '--yes', '--wait'])).toMatchObject({ code: 0 });
    const [listed, shown] = await Promise.all([oratio(['list']), oratio(['show', agentId])]);
    expect(listed).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(shown).toMatchObject({ code: 3, stdout: '' });
  });
});

/** Runs a program in a pseudo-terminal (util-linux's `script`); what was shown, escapes and all. */
function onTerminal(
  command: readonly string[],
  options: { readonly cwd: string; readonly env: Readonly<Record<string, string>> },
): Promise<{ readonly code: number; readonly shown: string }> {
  const line = command.map((word) => `'${word}'`).join(' ');
  const child = spawn('script', ['-qec', line, '/dev/null'], { ...options, stdio: ['ignore', 'pipe', 'inherit'] });
  let shown = '';
  child.stdout.on('data', (chunk: Buffer) => {
    shown += chunk.toString();
  });
  return new Promise((done, failed) => {
    child.once('error', failed);
    child.once('close', (code) => done({ code: code ?? 1, shown }));
  });
}
