import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

export type CloudQuestion = { readonly kind: 'token'; readonly tenant: string } | { readonly kind: 'inventory' };
export type CloudAnswer =
  | { readonly kind: 'ready'; readonly apiUrl: string }
  | { readonly kind: 'token'; readonly token: string }
  | { readonly kind: 'inventory'; readonly inventory: string[] };
type AnswerOf<Kind extends CloudAnswer['kind']> = Extract<CloudAnswer, { kind: Kind }>;

/** The embedded cloud as another process. */
export interface CloudChild {
  readonly apiUrl: string;
  readonly tokenOf: (tenant: string) => Promise<string>;
  readonly inventory: () => Promise<string[]>;
  /** `kill -9`. */
  readonly kill: () => Promise<void>;
}

export async function startCloudChild(dataDir: string, clockStartMs: number): Promise<CloudChild> {
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, 'cloud-process.ts'), dataDir, String(clockStartMs)],
    {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    },
  );
  const { apiUrl } = await answerOf(child, 'ready');
  const ask = <Kind extends CloudQuestion['kind']>(
    question: CloudQuestion & { kind: Kind },
  ): Promise<AnswerOf<Kind>> => {
    const answer = answerOf(child, question.kind);
    child.send(question);
    return answer;
  };
  return {
    apiUrl,
    tokenOf: async (tenant) => (await ask({ kind: 'token', tenant })).token,
    inventory: async () => (await ask({ kind: 'inventory' })).inventory,
    kill: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    },
  };
}

/** Throws when the process ends before it answers. */
const answerOf = <Kind extends CloudAnswer['kind']>(child: ChildProcess, kind: Kind): Promise<AnswerOf<Kind>> =>
  new Promise((resolve, reject) => {
    const hear = (message: unknown) => {
      const answer = message as CloudAnswer;
      if (answer.kind !== kind) return;
      child.off('message', hear).off('exit', end);
      resolve(answer as AnswerOf<Kind>);
    };
    const end = () => reject(new Error(`The embedded cloud ended before it said ${kind}.`));
    child.on('message', hear).once('exit', end);
  });
