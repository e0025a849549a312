import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AgentContext } from '../../../shared/customers/customer-memory.ts';
import { elizaCharacter } from '../../../shared/eliza/character.ts';
import { elizaApi } from '../../../shared/eliza/eliza-api.ts';
import { elizaAgents } from '../../../shared/eliza/eliza-deployer.ts';
import { ElizaError } from '../../../shared/eliza/eliza-error.ts';
import { elizaAgentId } from '../../../shared/eliza/eliza-ids.ts';
import { elizaReplyEngine } from '../../../shared/eliza/eliza-reply-engine.ts';
import { leanFetch } from '../../../shared/kernel/lean-fetch.ts';
import { AGENT_ID, beddingAgent, OTHER_AGENT_ID } from '../support/agents.ts';
import { elizaSessionMemory } from '../support/session-memory.ts';
import { type RunningEliza, startEliza, TOKEN } from './eliza-server.ts';
import { type ModelServer, startModelServer } from './model-server.ts';

export interface Check {
  readonly name: string;
  readonly run: (world: World) => Promise<string>;
}

/** A real ElizaOS server with its database in `dataDir`, and our own code over it. */
export class World {
  readonly dir: string;
  readonly dataDir: string;
  readonly model: ModelServer;
  readonly sessions = elizaSessionMemory();
  #server: RunningEliza | undefined;

  private constructor(dir: string, dataDir: string, model: ModelServer) {
    this.dir = dir;
    this.dataDir = dataDir;
    this.model = model;
  }

  /** `dir` holds the installed packages. */
  static async open(dir: string): Promise<World> {
    const world = new World(dir, await mkdtemp(join(tmpdir(), 'oratio-eliza-')), await startModelServer());
    await world.start();
    return world;
  }

  async start(): Promise<void> {
    this.#server = await startEliza(this.dir, this.dataDir, this.model.url);
  }

  async stop(): Promise<void> {
    await this.#server?.stop();
  }

  async close(): Promise<void> {
    await this.stop();
    this.model.close();
    await rm(this.dataDir, { recursive: true, force: true });
  }

  get url(): string {
    return this.#server?.url ?? '';
  }

  api(token = TOKEN) {
    return elizaApi({ baseUrl: this.url, token: async () => token, fetch: leanFetch() });
  }

  get agents() {
    return elizaAgents({ api: this.api() });
  }

  async ask(text: string, context: AgentContext = {}, agentId = AGENT_ID): Promise<string> {
    const engine = elizaReplyEngine({ api: this.api(), sessions: this.sessions });
    const agent = beddingAgent({ agentId });
    const answer = await engine.reply({ agent, channel: 'instagram', sessionId: 'ann-1', text, history: [], context });
    return answer.answer;
  }

  /** What the server itself answers, past our client. */
  async raw(method: string, path: string, body?: object): Promise<{ status: number; text: string }> {
    const headers = { 'x-api-key': TOKEN, 'content-type': 'application/json' };
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, text: await response.text() };
  }
}

const INSTAGRAM_ID = elizaAgentId(AGENT_ID, 'instagram');
const said = (...entries: readonly (readonly ['user' | 'assistant', string])[]): AgentContext => ({
  customer: {
    facts: {},
    recent: entries.map(([role, text], index) => ({ channel: 'instagram', role, text, atMs: index + 1 })),
  },
});
const recent = (text: string): AgentContext => ({
  customer: { facts: {}, recent: [{ channel: 'whatsapp', role: 'user', text, atMs: Date.now() }] },
});

const kindOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'nothing thrown',
    (error: unknown) => (error instanceof ElizaError ? error.kind : String(error)),
  );

/** In order: each goes on from what the one before left. */
export const CHECKS: readonly Check[] = [
  {
    name: 'another token is refused, and a stage of none is not served',
    run: async (world) => {
      assert.equal(await kindOf(world.api('another').find(INSTAGRAM_ID)), 'unauthorized');
      const response = await fetch(`${world.url}/api/agents`);
      assert.equal(response.status, 401);
      return 'unauthorized';
    },
  },
  {
    name: 'the agent of a channel is made and started under our id',
    run: async (world) => {
      const id = await world.agents.ensure(beddingAgent(), 'instagram');
      assert.equal(id, INSTAGRAM_ID);
      assert.equal((await world.api().find(id))?.status, 'active');
      return id;
    },
  },
  {
    name: 'made again, it is the same, and nothing is written',
    run: async (world) => {
      const before = await world.raw('GET', `/api/agents/${INSTAGRAM_ID}`);
      assert.equal(await world.agents.ensure(beddingAgent(), 'instagram'), INSTAGRAM_ID);
      const after = await world.raw('GET', `/api/agents/${INSTAGRAM_ID}`);
      assert.equal(after.text, before.text);
      return 'idempotent';
    },
  },
  {
    name: 'no variable of the server is a secret of the agent',
    run: async (world) => {
      const { text } = await world.raw('GET', `/api/agents/${INSTAGRAM_ID}`);
      const { data } = JSON.parse(text) as { data: { settings: { secrets?: object }; secrets?: object } };
      const secrets = { ...data.settings.secrets, ...data.secrets };
      assert.deepEqual(Object.keys(secrets), []);
      return 'no secrets';
    },
  },
  {
    name: 'a namesake of another agent of ours gets an agent of its own',
    run: async (world) => {
      const namesake = beddingAgent({ agentId: OTHER_AGENT_ID, sop: 'Another procedure.' });
      const id = await world.agents.ensure(namesake, 'instagram');
      assert.notEqual(id, INSTAGRAM_ID);
      const { text } = await world.raw('GET', `/api/agents/${id}`);
      assert.match(text, /Another procedure\./);
      return id;
    },
  },
  {
    name: 'without an id of ours a namesake is answered 201 with another agent: the server still does it',
    run: async (world) => {
      const { id: _id, ...first } = elizaCharacter(beddingAgent({ agentName: 'Twin' }), 'twitter');
      const one = await world.raw('POST', '/api/agents', { characterJson: first });
      const two = await world.raw('POST', '/api/agents', { characterJson: { ...first, bio: ['Somebody else'] } });
      const idOf = ({ text }: { text: string }) => (JSON.parse(text) as { data: { id: string } }).data.id;
      assert.deepEqual([one.status, two.status], [201, 201]);
      assert.equal(idOf(one), idOf(two));
      assert.equal(await world.agents.remove(idOf(one)).then(({ status }) => status), 'done');
      return 'same id for both';
    },
  },
  {
    name: 'somebody else’s agent under our id is detected, not shared',
    run: async (world) => {
      const character = elizaCharacter(beddingAgent(), 'twitter');
      const foreign = { ...character, settings: { owner: 'somebody' } };
      await world.raw('POST', '/api/agents', { characterJson: foreign });
      await assert.rejects(world.agents.ensure(beddingAgent(), 'twitter'), { code: 'elizaos-agent-taken' });
      assert.equal((await world.agents.remove(character.id)).status, 'done');
      return 'elizaos-agent-taken';
    },
  },
  {
    name: 'fields of version 0 are refused by the schema',
    run: async (world) => {
      const old = { ...elizaCharacter(beddingAgent(), 'twitter'), clients: ['twitter'] };
      const refusal = await world.raw('POST', '/api/agents', { characterJson: old });
      assert.equal(refusal.status, 400);
      assert.match(refusal.text, /clients/);
      return '400 CREATE_ERROR';
    },
  },
  {
    name: 'a message is answered',
    run: async (world) => {
      const answer = await world.ask('Do you have pillows? marker-1');
      assert.equal(answer, 'Reply to marker-1; no colour known.');
      assert.match(world.model.prompts.at(-1) ?? '', /Returns are accepted for 30 days/);
      return answer;
    },
  },
  {
    name: 'a second one goes to the same session, with the reply that ElizaOS has not kept',
    run: async (world) => {
      const before = [...world.sessions.rows.values()];
      const entries = [
        ['user', 'Do you have pillows? marker-1'],
        ['assistant', 'We have them.'],
      ] as const;
      const answer = await world.ask('And a comforter? marker-2', said(...entries));
      assert.equal(answer, 'Reply to marker-2; no colour known.');
      assert.match(world.model.prompts.at(-1) ?? '', /You \(instagram\): We have them\./);
      assert.deepEqual(
        [...world.sessions.rows.values()].map((row) => row.elizaSessionId),
        before.map((row) => row.elizaSessionId),
      );
      return answer;
    },
  },
  {
    name: 'what was said on another channel meanwhile is known',
    run: async (world) => {
      const answer = await world.ask('Which one did I want? marker-3', recent('I want the chartreuse comforter'));
      assert.equal(answer, 'Reply to marker-3; you asked for chartreuse.');
      return answer;
    },
  },
  {
    name: '4,000 characters pass, a million are cut to them',
    run: async (world) => {
      const answer = await world.ask(`marker-4 ${'x'.repeat(1_000_000)}`);
      assert.match(answer, /^Reply to marker-4;/);
      return answer;
    },
  },
  {
    name: 'an agent stopped meanwhile is started again by the next message',
    run: async (world) => {
      await world.api().stop(INSTAGRAM_ID);
      const answer = await world.ask('marker-5');
      assert.match(answer, /^Reply to marker-5;/);
      return answer;
    },
  },
  {
    name: 'stopping twice is fine',
    run: async (world) => {
      await world.api().stop(INSTAGRAM_ID);
      assert.equal((await world.raw('POST', `/api/agents/${INSTAGRAM_ID}/stop`)).status, 404);
      await world.api().stop(INSTAGRAM_ID);
      assert.equal(await world.api().start(INSTAGRAM_ID), true);
      assert.equal(await world.api().start(INSTAGRAM_ID), true);
      return 'the server says 404 the second time';
    },
  },
  {
    name: 'a change of the SOP reaches the agent that runs',
    run: async (world) => {
      await world.agents.ensure(beddingAgent({ sop: 'Returns are accepted for 90 days.' }), 'instagram');
      await world.ask('marker-6');
      assert.match(world.model.prompts.at(-1) ?? '', /accepted for 90 days/);
      assert.doesNotMatch(world.model.prompts.at(-1) ?? '', /accepted for 30 days/);
      return 'new system prompt';
    },
  },
  {
    name: 'while the server is down, the engine says so and nothing hangs',
    run: async (world) => {
      await world.stop();
      await assert.rejects(world.ask('marker-7'), { code: 'agent-unavailable' });
      return 'agent-unavailable';
    },
  },
  {
    name: 'after a restart the sessions are lost, the agent is started and told what was said',
    run: async (world) => {
      const before = [...world.sessions.rows.values()].map((row) => row.elizaSessionId);
      await world.start();
      const answer = await world.ask('marker-8', recent('The chartreuse one, as I said'));
      assert.equal(answer, 'Reply to marker-8; you asked for chartreuse.');
      const after = [...world.sessions.rows.values()].map((row) => row.elizaSessionId);
      assert.notDeepEqual(after, before);
      return answer;
    },
  },
  {
    name: 'a server that has lost its database gets its agents again',
    run: async (world) => {
      await world.stop();
      await rm(join(world.dataDir, 'db'), { recursive: true, force: true });
      await world.start();
      assert.equal(await world.api().find(INSTAGRAM_ID), undefined);
      const answer = await world.ask('marker-9');
      assert.match(answer, /^Reply to marker-9;/);
      return answer;
    },
  },
  {
    name: 'removing it stops and deletes it; a second time nothing is left',
    run: async (world) => {
      const deadline = Date.now() + 60_000;
      while ((await world.agents.remove(INSTAGRAM_ID)).status === 'pending') assert.ok(Date.now() < deadline);
      assert.equal(await world.api().find(INSTAGRAM_ID), undefined);
      assert.deepEqual(await world.agents.remove(INSTAGRAM_ID), { status: 'done' });
      assert.equal((await world.raw('DELETE', `/api/agents/${INSTAGRAM_ID}`)).status, 404);
      return 'gone';
    },
  },
  {
    name: 'an agent that was never there is neither started nor an error to stop',
    run: async (world) => {
      const never = elizaAgentId(OTHER_AGENT_ID, 'facebook');
      assert.equal(await world.api().start(never), false);
      await world.api().stop(never);
      return 'nothing happened';
    },
  },
];
