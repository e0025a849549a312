import * as z from 'zod';
import type { Fetch } from '../kernel/lean-fetch.ts';
import type { ElizaCharacter } from './character.ts';
import { classified, ElizaError, noAnswer } from './eliza-error.ts';

/**
 * An agent as the server has it. Its secrets are in the answer, too: they are passed over. Ids that the server makes of
 * names are no UUIDs of RFC 9562.
 */
const AgentRow = z.object({
  id: z.guid(),
  status: z.enum(['active', 'inactive']),
  settings: z
    .object({
      oratioAgentId: z.string().optional(),
      oratioChannel: z.string().optional(),
      oratioDigest: z.string().optional(),
    })
    .nullish()
    .transform((settings) => settings ?? {}),
});
export type ElizaAgent = z.output<typeof AgentRow>;

const Found = z.object({ data: AgentRow });
const Created = z.object({ data: z.object({ id: z.guid() }) });
const Started = z.object({ data: z.object({ status: z.literal('active') }) });
const Opened = z.object({ sessionId: z.string().min(1) });
/** The agent may have chosen to say nothing: there is no text then. */
const Said = z.object({
  agentResponse: z.object({ text: z.string().nullish(), actions: z.array(z.string()).nullish() }).nullish(),
});

/** The calls of ElizaOS's REST API 1.7.2 that the product makes. All throw `ElizaError`. */
export interface ElizaApi {
  readonly find: (id: string) => Promise<ElizaAgent | undefined>;
  /** The id the server gave: that of an agent which was there already, when it took the name for the id. */
  readonly create: (character: ElizaCharacter) => Promise<{ readonly id: string }>;
  readonly update: (id: string, character: Omit<ElizaCharacter, 'id'>) => Promise<void>;
  /** A second time it is running already. False: there is no such agent. */
  readonly start: (id: string) => Promise<boolean>;
  /** The server answers 404 for one that does not run: that is what was asked for. */
  readonly stop: (id: string) => Promise<void>;
  /** `pending`: the server goes on in the background (202), gave up waiting (408), or something holds the agent (409). */
  readonly delete: (id: string) => Promise<'deleted' | 'pending'>;
  /** Undefined when the agent does not run. */
  readonly openSession: (session: {
    readonly agentId: string;
    readonly userId: string;
  }) => Promise<{ readonly elizaSessionId: string } | undefined>;
  /** At most `MAX_CONTENT` characters; the answer's text is empty when the agent says nothing. Sent once. */
  readonly say: (sessionId: string, content: string) => Promise<{ readonly text: string }>;
  /** One that is not there any more is closed. */
  readonly closeSession: (sessionId: string) => Promise<void>;
}

/** Characters of a message (`MAX_CONTENT_LENGTH` of `@elizaos/server`). */
export const MAX_CONTENT = 4000;

export interface ElizaApiDependencies {
  /** `https://eliza.example.com`, without a slash at its end. */
  readonly baseUrl: string;
  /** `ELIZA_SERVER_AUTH_TOKEN` of the server; asked at each call, since it may be rotated. */
  readonly token: () => Promise<string>;
  readonly fetch: Fetch;
  /** For managing agents: a deletion answers after 10 s at the latest. */
  readonly manageTimeoutMs?: number;
  /** For an answer: the server itself gives up after 30 s, and so does the HTTP API. */
  readonly answerTimeoutMs?: number;
}

const MANAGE_TIMEOUT_MS = 20_000;
const ANSWER_TIMEOUT_MS = 26_000;
/** The longest sessions may last by default (`SESSION_MAX_TIMEOUT_MINUTES`); 12 h from their beginning in any case. */
const SESSION_MINUTES = 720;
const MAX_ANSWER_LENGTH = 2_000_000;

/** ElizaOS over plain HTTP. Not `@elizaos/api-client`: it drops the reply of a session. */
export const elizaApi = (dependencies: ElizaApiDependencies): ElizaApi => {
  const ask = asking(dependencies);
  return {
    find: async (id) => {
      const answer = await ask('GET', agentPath(id), { accepts: [404] });
      return answer.status === 404 ? undefined : parsed(Found, answer).data;
    },
    create: async (character) =>
      parsed(Created, await ask('POST', '/api/agents', { body: { characterJson: character } })).data,
    update: async (id, character) => {
      await ask('PATCH', agentPath(id), { body: character });
    },
    start: async (id) => {
      const answer = await ask('POST', `${agentPath(id)}/start`, { accepts: [404] });
      if (answer.status !== 404) parsed(Started, answer);
      return answer.status !== 404;
    },
    stop: async (id) => {
      await ask('POST', `${agentPath(id)}/stop`, { accepts: [404] });
    },
    delete: async (id) => {
      const { status } = await ask('DELETE', agentPath(id), { accepts: [404, 408, 409] });
      return [202, 408, 409].includes(status) ? 'pending' : 'deleted';
    },
    ...sessionsOver(ask, dependencies.answerTimeoutMs ?? ANSWER_TIMEOUT_MS),
  };
};

const sessionsOver = (ask: Ask, answerTimeoutMs: number): Pick<ElizaApi, 'openSession' | 'say' | 'closeSession'> => ({
  openSession: async ({ agentId, userId }) => {
    const timeoutConfig = { timeoutMinutes: SESSION_MINUTES, autoRenew: true };
    const body = { agentId, userId, timeoutConfig };
    const answer = await ask('POST', '/api/messaging/sessions', { body, accepts: [404] });
    if (answer.status === 404) return undefined;
    return { elizaSessionId: parsed(Opened, answer).sessionId };
  },
  say: async (sessionId, content) => {
    // The default transport only acknowledges, and what it answers later reaches nobody who is not connected.
    const body = { content, transport: 'http' };
    const answer = await ask('POST', `${sessionPath(sessionId)}/messages`, { body, timeoutMs: answerTimeoutMs });
    return { text: parsed(Said, answer).agentResponse?.text?.trim() ?? '' };
  },
  closeSession: async (sessionId) => {
    await ask('DELETE', sessionPath(sessionId), { accepts: [404, 410] });
  },
});

const agentPath = (id: string): string => `/api/agents/${encodeURIComponent(id)}`;
const sessionPath = (id: string): string => `/api/messaging/sessions/${encodeURIComponent(id)}`;

interface Asked {
  readonly body?: object;
  /** Refusals that say what the caller wants to know. */
  readonly accepts?: readonly number[];
  readonly timeoutMs?: number;
}

interface Answered {
  readonly status: number;
  readonly text: string;
}

type Ask = (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, asked: Asked) => Promise<Answered>;

const asking =
  ({ baseUrl, token, fetch: send, manageTimeoutMs = MANAGE_TIMEOUT_MS }: ElizaApiDependencies): Ask =>
  async (method, path, { body, accepts = [], timeoutMs = manageTimeoutMs }) => {
    const headers = { 'x-api-key': await token(), accept: 'application/json' };
    const json = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
    const answer = await send(`${baseUrl}${path}`, {
      method,
      headers: json === undefined ? headers : { ...headers, 'content-type': 'application/json' },
      signal: AbortSignal.timeout(timeoutMs),
      ...(json === undefined ? {} : { body: json }),
    })
      .then(async (response) => ({ status: response.status, text: await response.text() }))
      .catch((cause: unknown) => {
        throw noAnswer(cause);
      });
    const isGood = answer.status >= 200 && answer.status < 300;
    if (isGood || accepts.includes(answer.status)) return answer;
    throw classified(answer);
  };

/** Throws `unreadable` for anything but what the schema says. */
const parsed = <Schema extends z.ZodType>(schema: Schema, { status, text }: Answered): z.output<Schema> => {
  const read = text.length > MAX_ANSWER_LENGTH ? undefined : schema.safeParse(jsonOf(text));
  if (read?.success) return read.data;
  throw new ElizaError('unreadable', status, undefined, 'ElizaOS answered something else than its API documents.');
};

const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
};
