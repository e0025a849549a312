import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import type { TalkOptions } from './options.ts';

/** Whom to call, and as whom. */
export interface Target {
  /** Of the HTTP API, without a slash at its end. */
  readonly apiUrl: string;
  readonly agentId: string;
  readonly apiKey: string;
}

/** What `npm start` writes next to its state for this program. */
const TALK_FILE = 'talk.json';
const TalkFile = z.object({ apiUrl: z.string(), agentId: z.string(), apiKey: z.string() });

/** From the command line, and from `npm start` what is missing there. Throws an `Error` that says what to do. */
export async function findTarget(options: TalkOptions): Promise<Target> {
  const { url, agentId, apiKey } = options;
  if (url !== undefined && agentId !== undefined && apiKey !== undefined) return { apiUrl: url, agentId, apiKey };
  const written = await readTalkFile(join(options.dataDir, TALK_FILE));
  return { apiUrl: url ?? written.apiUrl, agentId: agentId ?? written.agentId, apiKey: apiKey ?? written.apiKey };
}

async function readTalkFile(path: string): Promise<Target> {
  const text = await readFile(path, 'utf8').catch(() => {
    throw new Error(
      `No cloud was started here (there is no ${path}). Run \`npm start\` and leave it running, or give --url, --agent and --key.`,
    );
  });
  try {
    return TalkFile.parse(JSON.parse(text));
  } catch (error) {
    throw new Error(`${path} is not what \`npm start\` writes. Run \`npm start\` again.`, { cause: error });
  }
}

/** Where to connect, good once and for a minute. */
export interface Ticket {
  readonly webSocketUrl: string;
  readonly ticket: string;
}

const TicketAnswer = z.object({ webSocketUrl: z.string(), ticket: z.string() });
const Problem = z.object({ title: z.string(), detail: z.string().optional() });

/** Throws an `Error` that says what to do. */
export async function fetchTicket(target: Target, transport: TalkOptions['transport']): Promise<Ticket> {
  const response = await fetch(`${target.apiUrl}/api/v1/voice-tickets`, {
    method: 'POST',
    headers: { authorization: `Bearer ${target.apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ agentId: target.agentId, transport }),
  }).catch((error: unknown) => {
    throw new Error(`Nothing answers at ${target.apiUrl}. Run \`npm start\` and leave it running.`, { cause: error });
  });
  const answer: unknown = await response.json().catch(() => undefined);
  if (response.ok) return TicketAnswer.parse(answer);
  const problem = Problem.safeParse(answer).data;
  const reason = problem ? `${problem.title} ${problem.detail ?? ''}`.trim() : `HTTP ${response.status}`;
  const advice = response.status === 401 ? ' The key is of another start: run `npm start` again.' : '';
  throw new Error(`The call was refused: ${reason}${advice}`);
}
