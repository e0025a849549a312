/**
 * The embedded cloud in a process of its own, with an agent that speaks, ears that note what they hear and a mouth that
 * says when it spoke. Talks with the measuring process by messages: `[id, command, argument]`, answered `[id, result]`.
 */
import { cpSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { TraceEntry } from '../../local/core/trace.ts';
import { synthesize } from '../../local/start/synthesize.ts';
import { Connection } from '../../local/websocket-api/connection.ts';
import { Api } from '../../test/e2e/support/api.ts';
import { BIKE_SHOP, formOf } from '../../test/e2e/support/business.ts';
import { type Harness, startHarness } from '../../test/e2e/support/harness.ts';
import { UNTHROTTLED } from '../stage.ts';
import { nowUs, stampOfMessage } from './stamp.ts';
import { type Heard, stampedSpeech } from './stamped-speech.ts';

/** A frame on its way through the WebSocket API, in microseconds of the machine. */
export interface Crossing {
  /** The caller's frame reached API Gateway, and went out to the owner. */
  readonly inUs: number;
  readonly toOwnerUs: number;
}

export interface Taken {
  readonly heard: readonly Heard[];
  /** By `caller:seq`. */
  readonly crossings: Readonly<Record<string, Crossing>>;
  /** When audio of the model went out to a client, by `utterance:seq`. */
  readonly leavings: Readonly<Record<string, number>>;
}

export interface CloudInfo {
  readonly pid: number;
  readonly apiUrl: string;
  readonly endpointUrl: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly token: string;
  readonly agentId: string;
}

/** What the measuring process may ask for. */
export interface CloudCommands {
  readonly start: (options: { readonly ownerTimeoutSeconds?: number }) => Promise<CloudInfo>;
  readonly reply: (reply: { readonly ms: number; readonly how: 'paced' | 'burst' }) => void;
  /** What was noted since the last time. */
  readonly take: () => Taken;
  /** The caller begins to speak, so that the model falls silent; answers when that was. */
  readonly interrupt: (caller: number) => number;
  /** The caller has asked for another reply. */
  readonly ask: (caller: number) => void;
  /** Kills the process of the call's owner in the midst of it; how many were hit. */
  readonly crashOwner: (callId: string) => number;
  readonly trace: () => readonly TraceEntry[];
  readonly stop: () => Promise<void>;
}

const ROOT = resolve(import.meta.dirname, '../..');
const ONCE_MORE = 'Say exactly this, word for word: "Once more."';

let heard: Heard[] = [];
let crossings: Record<string, { inUs: number; toOwnerUs: number }> = {};
let leavings: Record<string, number> = {};
let harness: Harness | undefined;

const speech = stampedSpeech();
speech.onHeard((one) => heard.push(one));

/** Notes frames as they leave the WebSocket API, to owners in envelopes and to clients. */
function watchConnections(): void {
  const send = Reflect.get(Connection.prototype, 'send') as (this: Connection, data: Uint8Array) => void;
  Connection.prototype.send = function watched(data: Uint8Array): void {
    const json = Buffer.from(data).toString();
    const stamp = stampOfMessage(json);
    if (stamp) {
      const key = `${stamp.source}:${stamp.seq}`;
      const crossing = json.startsWith('{"connectionId"') ? crossings[key] : undefined;
      if (crossing) crossing.toOwnerUs = nowUs();
      else leavings[key] = nowUs();
    }
    send.call(this, data);
  };
}

/** Notes frames as they are handed to the gateway's function. */
function watchInvocations({ cloud }: Harness): void {
  const { lambda } = cloud.services;
  const invoke = lambda.invoke.bind(lambda);
  Object.assign(lambda, {
    invoke: (...args: Parameters<typeof invoke>) => {
      const payload = JSON.stringify(args);
      const at = payload.indexOf('audio');
      const stamp = at === -1 ? undefined : stampOfMessage(payload.slice(at - 40).replaceAll('\\', ''));
      if (stamp) crossings[`${stamp.source}:${stamp.seq}`] = { inUs: nowUs(), toOwnerUs: 0 };
      return invoke(...args);
    },
  });
}

/** The assembly with another time limit for owners of calls, so that a hand-over comes while one looks. */
function withOwnerTimeout(assemblyDir: string, timeoutSeconds: number): string {
  const copy = join(mkdtempSync(join(tmpdir(), 'oratio-bench-')), 'assembly');
  cpSync(assemblyDir, copy, { recursive: true });
  for (const file of readdirSync(copy).filter((name) => name.endsWith('.template.json'))) {
    const template = JSON.parse(readFileSync(join(copy, file), 'utf8')) as {
      Resources: Record<string, { Type: string; Properties: { FunctionName?: unknown; Timeout?: number } }>;
    };
    for (const { Type, Properties } of Object.values(template.Resources)) {
      const isOwner = JSON.stringify(Properties?.FunctionName ?? '').includes('voice-session');
      if (Type === 'AWS::Lambda::Function' && isOwner) Properties.Timeout = timeoutSeconds;
    }
    writeFileSync(join(copy, file), JSON.stringify(template));
  }
  return copy;
}

const AGENT = { ...BIKE_SHOP, fields: { ...BIKE_SHOP.fields, agentType: 'voice' } };

async function start({ ownerTimeoutSeconds }: { readonly ownerTimeoutSeconds?: number }): Promise<CloudInfo> {
  watchConnections();
  const assembly = await synthesize(ROOT, 'build/assembly', UNTHROTTLED);
  const log = process.env.BENCH_LOG ? (line: string) => console.error(line) : () => undefined;
  harness = await startHarness({
    context: UNTHROTTLED,
    speech: speech.speech,
    warmFunctions: 40,
    log,
    ...(ownerTimeoutSeconds === undefined ? {} : { assemblyDir: withOwnerTimeout(assembly.dir, ownerTimeoutSeconds) }),
  });
  watchInvocations(harness);
  const { cloud } = harness;
  const token = await harness.tokenOf('caller');
  const api = new Api(cloud.apiUrl, token);
  const { status, body } = await api.request('POST', '/api/v1/agents', formOf(AGENT));
  if (status !== 202) throw new Error(`create answered ${status}: ${JSON.stringify(body)}`);
  const agentId = String(body.agentId);
  const agent = await api.agentWhen(agentId, (now) => now.status === 'active' || now.status === 'failed');
  if (agent.status !== 'active') throw new Error(`the agent failed: ${JSON.stringify(agent.statusReason)}`);
  cloud.trace.clear();
  const { endpointUrl, apiUrl, credentials } = cloud;
  return { pid: process.pid, apiUrl, endpointUrl, credentials, token, agentId };
}

const require = (): Harness => {
  if (harness === undefined) throw new Error('the cloud was not started');
  return harness;
};

const commands: CloudCommands = {
  start,
  reply: speech.reply,
  take: () => {
    const taken = { heard, crossings, leavings };
    heard = [];
    crossings = {};
    leavings = {};
    return taken;
  },
  interrupt: (caller) => {
    const atUs = nowUs();
    speech.notice(caller, { type: 'speech-started', atMs: 0 });
    return atUs;
  },
  ask: (caller) => {
    speech.notice(caller, { type: 'utterance', text: ONCE_MORE, startMs: 0, endMs: 0, atMs: 0 });
  },
  crashOwner: (callId) => {
    const { lambda } = require().cloud.services;
    return lambda.crashWhere('oratio-dev-voice-session', (event) => JSON.stringify(event).includes(callId));
  },
  trace: () => {
    const entries = require().cloud.trace.entries();
    require().cloud.trace.clear();
    return entries;
  },
  stop: async () => {
    await harness?.stop();
  },
};

process.on('message', (message: [number, keyof CloudCommands, never]) => {
  const [id, name, argument] = message;
  const carryOut = async (): Promise<unknown> => commands[name](argument);
  carryOut()
    .then(
      (result) => process.send?.([id, result ?? null]),
      (error: unknown) => process.send?.([id, null, error instanceof Error ? error.stack : String(error)]),
    )
    .finally(() => {
      if (name === 'stop') process.disconnect?.();
    });
});
process.once('disconnect', () => {
  setTimeout(() => process.exit(0), 2000).unref();
});
