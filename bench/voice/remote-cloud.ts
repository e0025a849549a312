/** The processes that are measured, as the measuring process holds them. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Line } from './caller.ts';
import type { CloudCommands, CloudInfo } from './cloud-process.ts';
import type { OwnerLoad, OwnerResult } from './owner-process.ts';

/** The cloud's commands from another process. */
type Remote = {
  readonly [Name in keyof CloudCommands]: (
    ...args: Parameters<CloudCommands[Name]>
  ) => Promise<Awaited<ReturnType<CloudCommands[Name]>>>;
};

export interface RemoteCloud extends Omit<Remote, 'start'> {
  readonly info: CloudInfo;
  /** A line for one call; tickets are used once. */
  readonly lineTo: (transport: 'relay' | 'direct') => Promise<Line>;
}

const NAMES = ['start', 'reply', 'take', 'interrupt', 'ask', 'crashOwner', 'trace', 'stop'] as const;

const forked = (file: string, env: NodeJS.ProcessEnv = {}, execArgv: readonly string[] = []): ChildProcess =>
  fork(join(import.meta.dirname, file), {
    env: { ...process.env, ...env },
    execArgv: ['--disable-warning=ExperimentalWarning', ...execArgv],
  });

const awsOf = ({ endpointUrl, credentials }: CloudInfo): NodeJS.ProcessEnv => ({
  AWS_REGION: 'us-east-1',
  AWS_ENDPOINT_URL: endpointUrl,
  AWS_ACCESS_KEY_ID: credentials.accessKeyId,
  AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
});

function remoteOf(child: ChildProcess): Remote {
  const waiting = new Map<number, PromiseWithResolvers<never>>();
  let lastId = 0;
  child.on('message', ([id, result, error]: [number, never, string?]) => {
    const asked = waiting.get(id);
    waiting.delete(id);
    if (error === undefined) asked?.resolve(result);
    else asked?.reject(new Error(error));
  });
  child.once('exit', (code) => {
    for (const asked of waiting.values())
      asked.reject(new Error(`The cloud's process ended with ${code ?? 'a signal'}.`));
  });
  const ask = (name: string, argument?: unknown): Promise<never> => {
    lastId += 1;
    const asked = Promise.withResolvers<never>();
    waiting.set(lastId, asked);
    child.send([lastId, name, argument]);
    return asked.promise;
  };
  return Object.fromEntries(
    NAMES.map((name) => [name, (argument?: unknown) => ask(name, argument)]),
  ) as unknown as Remote;
}

/** Starts the embedded cloud with an active agent. */
export async function startRemoteCloud(options: Parameters<CloudCommands['start']>[0] = {}): Promise<RemoteCloud> {
  const child = forked('cloud-process.ts');
  const remote = remoteOf(child);
  const info = await remote.start(options);
  return {
    ...remote,
    info,
    lineTo: async (transport) => {
      const response = await fetch(`${info.apiUrl}/api/v1/voice-tickets`, {
        method: 'POST',
        headers: { authorization: `Bearer ${info.token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ agentId: info.agentId, transport }),
      });
      const answer = (await response.json()) as { webSocketUrl: string; ticket: string };
      if (!response.ok) throw new Error(`No ticket: ${JSON.stringify(answer)}`);
      const ticket = transport === 'direct' ? { ticket: answer.ticket } : {};
      return { url: answer.webSocketUrl, opening: { type: 'session.start', ...ticket } };
    },
    stop: async () => {
      const ended = once(child, 'exit');
      await remote.stop();
      await ended;
    },
  };
}

export interface Baseline {
  readonly pid: number;
  readonly line: Line;
  /** As a crash would. */
  readonly kill: () => void;
}

/** Starts the plain server beside the cloud whose model it bridges to. */
export async function startBaseline(cloud: CloudInfo): Promise<Baseline> {
  const child = forked('baseline-server.ts', awsOf(cloud));
  const [{ port }] = (await once(child, 'message')) as [{ port: number }];
  return {
    pid: child.pid ?? 0,
    line: { url: `ws://127.0.0.1:${port}`, opening: undefined },
    kill: () => child.kill('SIGKILL'),
  };
}

/** Runs the owner's code alone. Rejects when its process ends without a result. */
export async function measureOwner(load: OwnerLoad, cloud?: CloudInfo): Promise<OwnerResult> {
  const child = forked('owner-process.ts', cloud === undefined ? {} : awsOf(cloud), ['--expose-gc']);
  const ended = once(child, 'exit').then(() => {
    throw new Error("The owner's process ended without a result.");
  });
  ended.catch(() => undefined);
  child.send(load);
  const [result] = (await Promise.race([once(child, 'message'), ended])) as [OwnerResult];
  return result;
}
