import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { describedFiles } from '../../cli/local-files.ts';
import { apiCommands } from '../../scripts/build-cli.ts';
import { apiThat, newFolder, ran } from './support.ts';

const ID = '019a5c1e-7d00-7a3b-9c55-2f6d1c0a4b11';
const AGENT = {
  agentId: ID,
  agentName: 'Cozy Comfort',
  agentType: 'both',
  status: 'active',
  version: 2,
  activeVersion: 1,
  updatedAt: 1_795_000_000,
};
const LISTED = { 'GET /api/v1/agents': { agents: [AGENT], nextCursor: null } };

describe('the command line', () => {
  it('has every operation of the API (else run node scripts/build-cli.ts)', () => {
    expect(readFileSync('cli/operation-table.json', 'utf8')).toBe(apiCommands());
  });

  it.each([
    [[], 2],
    [['--help'], 0],
    [['agents', 'create', '--help'], 0],
    [['no-such-command'], 2],
    [['ask', ID], 2],
    [['list', '--no-such-option'], 2],
    [['completion', 'tcsh'], 2],
  ])('ends %j with %i', async (args, code) => {
    expect((await ran({ args })).code).toBe(code);
  });

  it('says where to sign in when it does not know where to go', async () => {
    expect(await ran({ args: ['list'] })).toEqual({
      code: 2,
      out: '',
      err: '✗ Which API? Sign in with `oratio login --api URL`, or give --api, --outputs or ORATIO_API_URL.\n',
    });
  });

  it.each([
    ['not signed in', {}, 4, '✗ You are not signed in here (unauthenticated'],
    ['nothing there', { ORATIO_API_URL: 'http://127.0.0.1:9', ORATIO_TOKEN: 't' }, 6, '✗ Nothing answers'],
  ])('tells apart: %s', async (_, env, code, words) => {
    const { url } = await apiThat({});
    const { err, ...ended } = await ran({
      args: ['ask', ID, 'Hello'],
      io: { env: { ORATIO_API_URL: url, ...env } },
    });
    expect({ ...ended, isSaid: err.startsWith(words.slice(0, 12)) }).toEqual({ code, out: '', isSaid: true });
  });

  it('prints tables on a screen, plain lines for scripts, exact JSON when asked', async () => {
    const { url, seen } = await apiThat(LISTED);
    const args = ['list', '--api', url, '--token', 't', '--status', 'active'];
    expect([
      await ran({ args }),
      await ran({ args, io: { isOutTty: true, env: { NO_COLOR: '1' } } }),
      await ran({ args: [...args, '--json'] }),
    ]).toEqual([
      { code: 0, out: `${ID}\tCozy Comfort\tactive\tboth\t1\t2026-11-18 11:06:40\n`, err: '' },
      {
        code: 0,
        out:
          'ID                                    NAME          STATUS  TYPE  VERSION  UPDATED\n' +
          `${ID}  Cozy Comfort  active  both        1  2026-11-18 11:06:40\n`,
        err: '',
      },
      { code: 0, out: `${JSON.stringify([AGENT], undefined, 2)}\n`, err: '' },
    ]);
    expect(seen[0]).toEqual({
      method: 'GET',
      url: '/api/v1/agents?limit=100&status=active',
      authorization: 'Bearer t',
      body: undefined,
    });
  });

  it('finds an agent by its name, and says what is wrong in the words of the API', async () => {
    const { url, seen } = await apiThat(LISTED);
    const to = ['--api', url, '--token', 't'];
    expect(await ran({ args: ['show', 'cozy comfort', ...to] })).toEqual({
      code: 3,
      out: '',
      err: '✗ There is no such agent. Look again. (agent-not-found, request r-1)\n',
    });
    expect(seen.map(({ url: path }) => path)).toEqual(['/api/v1/agents?limit=100', `/api/v1/agents/${ID}`]);
  });

  it('asks with words from the command line or from stdin, and shows what the answer rests on', async () => {
    const answer = {
      answer: 'For 100 nights.',
      citations: [{ marker: 1, path: 'policies/returns.pdf', excerpt: '', score: 1 }],
      toolCalls: [{ name: 'search', input: {}, status: 'success', clauseIds: [], durationMs: 12 }],
      handoff: null,
      usage: { inputTokens: 1, outputTokens: 1 },
      sessionId: 's-1',
    };
    const { url, seen } = await apiThat({ [`POST /api/v1/agents/${ID}/messages`]: answer });
    const to = ['--api', url, '--token', 't'];
    const { out } = await ran({ args: ['ask', ID, 'How', 'long?', ...to] });
    await ran({ args: ['ask', ID, '-', '--session', 's-1', ...to], stdin: 'And who pays?\n' });
    expect({ out, asked: seen.map(({ body }) => body) }).toEqual({
      out: 'For 100 nights.\n[1] policies/returns.pdf\ntool search: success, 12 ms\nsession s-1\n',
      asked: [{ text: 'How long?' }, { text: 'And who pays?\n', sessionId: 's-1' }],
    });
  });

  it('declares the files of a folder, each with a description, hidden ones left out', async () => {
    const folder = newFolder();
    mkdirSync(join(folder, 'files/terms'), { recursive: true });
    writeFileSync(join(folder, 'files/terms/return-policy.md'), 'Within 100 nights.');
    writeFileSync(join(folder, 'files/faq.md'), '?');
    writeFileSync(join(folder, 'files/.DS_Store'), 'x');
    writeFileSync(join(folder, 'd.json'), '{"faq.md": "Questions"}');
    writeFileSync(join(folder, 'sop.md'), 'Be kind.');
    const { url, seen } = await apiThat({ 'POST /api/v1/agents': { agentId: ID, status: 'creating', message: '' } });
    const draft = ['--name', 'Cozy', '--sop', 'sop.md', '--files', 'files', '--descriptions', 'd.json'];
    const made = await ran({ args: ['agents', 'create', ...draft, '--api', url, '--token', 't'], io: { cwd: folder } });
    expect(made).toEqual({ code: 0, out: `${ID}\n`, err: '' });
    expect(seen[0]?.body).toEqual({
      agentName: 'Cozy',
      agentType: 'both',
      sop: 'Be kind.',
      files: [
        { path: 'faq.md', sizeBytes: 1 },
        { path: 'terms/return-policy.md', sizeBytes: 18 },
      ],
      folderFileDescriptions: { 'faq.md': 'Questions', terms: { 'return-policy.md': 'terms return policy' } },
    });
  });

  it('takes of a folder what is there, and a link to a file for one', async () => {
    const folder = newFolder();
    mkdirSync(join(folder, 'shop/files'), { recursive: true });
    writeFileSync(join(folder, 'shop/sop.md'), 'Be kind.');
    writeFileSync(join(folder, 'faq.md'), '?');
    symlinkSync(join(folder, 'faq.md'), join(folder, 'shop/files/faq.md'));
    const { url, seen } = await apiThat({ 'POST /api/v1/agents': { agentId: ID, status: 'creating', message: '' } });
    const to = ['--api', url, '--token', 't'];
    await ran({ args: ['agents', 'create', '--from', 'shop', '--name', 'Shop', ...to], io: { cwd: folder } });
    expect(seen.map(({ body }) => body)).toEqual([
      {
        agentName: 'Shop',
        agentType: 'both',
        sop: 'Be kind.',
        files: [{ path: 'faq.md', sizeBytes: 1 }],
        folderFileDescriptions: { 'faq.md': 'faq' },
      },
    ]);
  });

  it.each([
    [['--sop', 'nope.md'], 'There is no file nope.md.'],
    [['--sop', 'empty'], 'empty is no file.'],
    [['--sop', 'sop.md', '--files', 'nope'], 'There is no folder'],
    [['--sop', 'sop.md', '--files', 'sop.md'], 'is no folder.'],
    [['--sop', 'sop.md', '--files', 'empty'], 'There are no files in'],
    [['--sop', 'sop.md', '--files', 'broken'], 'There is no file'],
    [['--settings', 'sop.md'], 'sop.md is not JSON'],
    [['--from', 'nope'], 'nope has none of sop.md, files, descriptions.json, agent.json.'],
  ])('makes nothing of %j', async (args, words) => {
    const folder = newFolder();
    for (const name of ['empty', 'broken']) mkdirSync(join(folder, name));
    writeFileSync(join(folder, 'sop.md'), 'Be kind.');
    symlinkSync(join(folder, 'gone.md'), join(folder, 'broken/gone.md'));
    const { url, seen } = await apiThat({});
    const to = ['--name', 'Shop', '--api', url, '--token', 't'];
    const { err, ...ended } = await ran({ args: ['agents', 'create', ...args, ...to], io: { cwd: folder } });
    expect({ ...ended, isSaid: err.includes(words), seen }).toEqual({ code: 2, out: '', isSaid: true, seen: [] });
  });

  it('counts Ctrl+C as shells do, whatever it cut off', async () => {
    const { url } = await apiThat(LISTED);
    const stopping = new AbortController();
    stopping.abort();
    const io = { signal: stopping.signal, isInTty: true, ask: () => Promise.reject(new Error('Aborted with Ctrl+C')) };
    const ended = await ran({ args: ['destroy', 'Cozy Comfort', '--api', url, '--token', 't'], io });
    expect(ended).toEqual({ code: 130, out: '', err: '' });
  });

  it('changes no context that is not named', async () => {
    const { url, seen } = await apiThat({});
    const { code } = await ran({ args: ['context', 'set', ID, '--api', url, '--token', 't'] });
    expect({ code, seen }).toEqual({ code: 2, seen: [] });
  });

  it('leaves descriptions alone that are there', () => {
    expect(describedFiles([{ path: 'a/b.md', sizeBytes: 1 }], { a: { 'b.md': 'B' } })).toEqual({ a: { 'b.md': 'B' } });
  });

  it('offers every operation by its name', async () => {
    const { url, seen } = await apiThat({
      [`POST /api/v1/agents/${ID}/api-keys`]: { key: 'ok_1' },
      'GET /api/v1/calls': { calls: [] },
    });
    const to = ['--api', url, '--token', 't'];
    const key = await ran({
      args: ['api', 'create-api-key', ID, '--body', '{"name":"shop","scopes":["agents:talk"]}', ...to],
    });
    await ran({ args: ['api', 'list-calls', '--agent-id', ID, '--limit', '5', ...to] });
    await ran({ args: ['calls', '--search', 'sofa refund', ...to] });
    expect({ key, seen: seen.map(({ method, url: path, body }) => ({ method, path, body })) }).toEqual({
      key: { code: 0, out: '{\n  "key": "ok_1"\n}\n', err: '' },
      seen: [
        { method: 'POST', path: `/api/v1/agents/${ID}/api-keys`, body: { name: 'shop', scopes: ['agents:talk'] } },
        { method: 'GET', path: `/api/v1/calls?agentId=${ID}&limit=5`, body: undefined },
        { method: 'GET', path: '/api/v1/calls?limit=50&q=sofa+refund', body: undefined },
      ],
    });
  });

  it('reads where a stage is from what the deployment wrote', async () => {
    const { url, seen } = await apiThat(LISTED);
    const folder = newFolder();
    writeFileSync(
      join(folder, 'outputs.json'),
      JSON.stringify({ 'oratio-dev-app': { ApiUrl: `${url}/` }, 'oratio-dev-data': { UserPoolId: 'eu-central-1_x' } }),
    );
    const { code } = await ran({ args: ['list', '--outputs', 'outputs.json', '--token', 't'], io: { cwd: folder } });
    expect({ code, seen: seen.length }).toEqual({ code: 0, seen: 1 });
  });
});
