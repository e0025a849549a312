import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as z from 'zod';

/** `characterSchema` of `@elizaos/core` 1.7.2, as far as characters of ours go: strict, as it is there. */
export const CharacterJson = z.strictObject({
  id: z.uuid().optional(),
  name: z.string().min(1),
  username: z.string().optional(),
  system: z.string().optional(),
  templates: z.record(z.string(), z.string()).optional(),
  bio: z.union([z.string(), z.array(z.string())]),
  messageExamples: z.array(z.unknown()).optional(),
  postExamples: z.array(z.string()).optional(),
  topics: z.array(z.string()).optional(),
  adjectives: z.array(z.string()).optional(),
  knowledge: z.array(z.unknown()).optional(),
  plugins: z.array(z.string()).optional(),
  settings: z.record(z.string(), z.unknown()).optional(),
  secrets: z.record(z.string(), z.unknown()).optional(),
  style: z
    .strictObject({
      all: z.array(z.string()).optional(),
      chat: z.array(z.string()).optional(),
      post: z.array(z.string()).optional(),
    })
    .optional(),
});
type Character = z.output<typeof CharacterJson>;

interface Session {
  readonly agentId: string;
  readonly userId: string;
  isExpired: boolean;
}

/** What a test may do to the server; each holds until it is taken back. */
interface Moods {
  /** Makes the id of the name, whatever id the character brings. */
  ignoresIds?: boolean;
  /** Answers of `DELETE /api/agents/{id}`, one after the other; afterwards it deletes. */
  deletions?: number[];
  /** Every answer is this status, whatever is asked. */
  fails?: number;
  /** Answers nothing at all. */
  isSilent?: boolean;
  /** The body of every answer. */
  garbage?: string;
  says?: (content: string) => string | undefined;
}

export interface FakeEliza {
  readonly url: string;
  readonly token: string;
  readonly moods: Moods;
  /** `POST /api/agents` and so on, in order, without ids. */
  readonly seen: string[];
  readonly agents: Map<string, Character>;
  readonly running: Set<string>;
  /** The contents of messages, as they came. */
  readonly messages: string[];
  /** Sessions are in memory only, and no agent starts by itself. */
  readonly restart: () => void;
  /** The database goes, too, as PGlite on a task's own disk does. */
  readonly loseEverything: () => void;
  readonly expireSessions: () => void;
  readonly close: () => Promise<void>;
}

/** The REST API of ElizaOS 1.7.2 as its source has it, with its defects. */
export const fakeEliza = async (): Promise<FakeEliza> => {
  const state = new State();
  const server: Server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      const { status, json } = state.answer(request, body);
      if (state.moods.isSilent) return;
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(status === 204 ? undefined : (state.moods.garbage ?? JSON.stringify(json)));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return Object.assign(state.handle(), {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  });
};

const bodyOf = async (request: IncomingMessage): Promise<unknown> => {
  const chunks = (await request.toArray()) as Buffer[];
  const text = Buffer.concat(chunks).toString();
  return text === '' ? undefined : JSON.parse(text);
};

interface Answer {
  readonly status: number;
  readonly json?: unknown;
}

const failed = (status: number, code: string, message: string): Answer => ({
  status,
  json: { success: false, error: { code, message } },
});
const done = (data: unknown, status = 200): Answer => ({ status, json: { success: true, data } });
const sessionError = (status: number, code: string): Answer => ({
  status,
  json: { error: { code, message: 'of a session', timestamp: 'now', details: { stack: 'at session.js:1' } } },
});

class State {
  readonly token = 'token-of-the-server';
  readonly moods: Moods = {};
  readonly seen: string[] = [];
  readonly agents = new Map<string, Character>();
  readonly running = new Set<string>();
  readonly sessions = new Map<string, Session>();
  readonly messages: string[] = [];

  handle(): Omit<FakeEliza, 'url' | 'close'> {
    const { token, moods, seen, agents, running, sessions, messages } = this;
    const restart = (): void => {
      running.clear();
      sessions.clear();
    };
    return {
      token,
      moods,
      seen,
      agents,
      running,
      messages,
      restart,
      loseEverything: () => {
        restart();
        agents.clear();
      },
      expireSessions: () => {
        for (const session of sessions.values()) session.isExpired = true;
      },
    };
  }

  answer({ method = '', url = '', headers }: IncomingMessage, body: unknown): Answer {
    const [, , area = '', id = '', verb = ''] = url
      .split('/')
      .filter((part, index) => !(index === 2 && part === 'messaging'));
    this.seen.push(`${method} ${[area, ...(id === '' ? [] : ['{id}']), ...(verb === '' ? [] : [verb])].join('/')}`);
    if (headers['x-api-key'] !== this.token) return { status: 401, json: { error: 'API key required' } };
    if (this.moods.fails !== undefined) return failed(this.moods.fails, 'ANY_ERROR', 'as the test wishes');
    if (area === 'agents') return this.#agents(method, id, verb, body);
    if (area === 'sessions') return this.#sessions(method, id, verb, body);
    return { status: 404, json: { error: 'Not found' } };
  }

  #agents(method: string, id: string, verb: string, body: unknown): Answer {
    if (id === '' && method === 'POST') return this.#create(body);
    const agent = this.agents.get(id);
    if (verb === 'stop')
      return this.running.delete(id) ? done({ message: 'Agent stopped' }) : failed(404, 'NOT_FOUND', 'Agent not found');
    if (agent === undefined) return failed(404, 'NOT_FOUND', 'Agent not found');
    if (verb === 'start') {
      this.running.add(id);
      return done({ id, name: agent.name, status: 'active' });
    }
    if (method === 'DELETE') return this.#delete(id);
    if (method === 'PATCH') this.agents.set(id, { ...agent, ...(body as Partial<Character>) });
    const settings = { ...this.agents.get(id)?.settings, secrets: { LEAKED: 'aa:bb' } };
    return done({ ...this.agents.get(id), id, settings, status: this.running.has(id) ? 'active' : 'inactive' });
  }

  /** Gets or makes: an agent that exists answers 201, too, and what was sent is dropped. */
  #create(body: unknown): Answer {
    const read = CharacterJson.safeParse((body as { characterJson?: unknown }).characterJson);
    if (!read.success) return failed(400, 'CREATE_ERROR', `Character validation failed: ${read.error.message}`);
    const isOwn = read.data.id !== undefined && !this.moods.ignoresIds;
    const id = isOwn ? String(read.data.id) : idOfName(read.data.name);
    if (!this.agents.has(id)) this.agents.set(id, { ...read.data, id });
    return done({ id, character: read.data }, 201);
  }

  #delete(id: string): Answer {
    const status = this.moods.deletions?.shift();
    if (status === 202) return { status, json: { success: true, partial: true } };
    if (status !== undefined) return failed(status, 'DELETE_ERROR', 'Error deleting agent');
    this.agents.delete(id);
    this.running.delete(id);
    return { status: 204 };
  }

  #sessions(method: string, id: string, verb: string, body: unknown): Answer {
    if (id === '') return this.#open(body as { agentId: string; userId: string });
    const session = this.sessions.get(id);
    if (session === undefined) return sessionError(404, 'SESSION_NOT_FOUND');
    if (session.isExpired) {
      this.sessions.delete(id);
      return sessionError(410, 'SESSION_EXPIRED');
    }
    if (verb === 'messages') return this.#say(session, body as { content: string; transport?: string });
    if (method === 'DELETE') this.sessions.delete(id);
    return { status: 200, json: { success: true } };
  }

  #open({ agentId, userId }: { readonly agentId: string; readonly userId: string }): Answer {
    if (!z.uuid().safeParse(userId).success) return sessionError(400, 'VALIDATION_ERROR');
    if (!this.running.has(agentId)) return sessionError(404, 'AGENT_NOT_FOUND');
    const sessionId = randomUUID();
    this.sessions.set(sessionId, { agentId, userId, isExpired: false });
    return {
      status: 201,
      json: { sessionId, channelId: randomUUID(), agentId, userId, expiresAt: new Date(0).toISOString() },
    };
  }

  #say(
    { agentId }: Session,
    { content, transport }: { readonly content: string; readonly transport?: string },
  ): Answer {
    if (content.length === 0 || content.length > 4000) return sessionError(400, 'VALIDATION_ERROR');
    if (transport !== 'http') return { status: 201, json: { success: true, userMessage: {} } };
    if (!this.running.has(agentId))
      return { status: 500, json: { success: false, error: 'Failed to process message in HTTP transport' } };
    this.messages.push(content);
    const text = this.moods.says === undefined ? `You wrote: ${content.split('\n').at(-1)}` : this.moods.says(content);
    const agentResponse = text === undefined ? undefined : { text, thought: 'hm', actions: ['REPLY'], providers: [] };
    return { status: 201, json: { success: true, userMessage: { content }, agentResponse, sessionStatus: {} } };
  }
}

/** As `stringToUuid` does, in spirit: of the name alone. */
const idOfName = (name: string): string =>
  createHash('sha1')
    .update(name)
    .digest('hex')
    .replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, '$1-$2-5$3-8$4-$5');
