import { existsSync } from 'node:fs';
import { enableCompileCache, flushCompileCache } from 'node:module';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { followCloud, machineNow } from './cloud-time.ts';
import type { ErrorDocument, InvokeMessage, ProcessMessage } from './messages.ts';

/**
 * Entry of a function's own process: loads the handler that `_HANDLER` names from `LAMBDA_TASK_ROOT` and runs one event
 * at a time. Ends with its parent, so that none is left behind when the embedded cloud is killed.
 */

type Handler = (event: unknown, context: object) => unknown;

const say = (message: ProcessMessage): void => void process.send?.(message);

function errorDocument(error: unknown): ErrorDocument {
  if (!(error instanceof Error)) return { errorType: typeof error, errorMessage: String(error) };
  return { errorType: error.name, errorMessage: error.message, trace: error.stack?.split('\n') ?? [] };
}

async function loadHandler(): Promise<Handler> {
  const name = process.env._HANDLER ?? '';
  const root = process.env.LAMBDA_TASK_ROOT ?? '.';
  const dot = name.lastIndexOf('.');
  const [file, member] = [name.slice(0, dot), name.slice(dot + 1)];
  const path = ['.mjs', '.js', '.cjs'].map((extension) => join(root, file + extension)).find(existsSync);
  if (!path) throw Object.assign(new Error(`Cannot find module '${file}'`), { name: 'Runtime.ImportModuleError' });
  const loaded = (await import(pathToFileURL(path).href)) as Record<string, unknown> & {
    default?: Record<string, unknown>;
  };
  const handler = loaded[member] ?? loaded.default?.[member];
  if (typeof handler === 'function') return handler as Handler;
  throw Object.assign(new Error(`${name} is undefined or not exported`), { name: 'Runtime.HandlerNotFound' });
}

function contextOf({ requestId, deadlineMs, functionArn }: InvokeMessage): object {
  return {
    awsRequestId: requestId,
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: '$LATEST',
    invokedFunctionArn: functionArn,
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => deadlineMs - machineNow(),
  };
}

async function run(handler: Handler, message: InvokeMessage): Promise<void> {
  const { requestId, cloudNowMs } = message;
  followCloud(cloudNowMs);
  try {
    const result = await handler(JSON.parse(message.event), contextOf(message));
    say({ kind: 'result', requestId, payload: JSON.stringify(result) ?? 'null' });
  } catch (error) {
    say({ kind: 'error', requestId, error: errorDocument(error) });
  }
}

process.on('disconnect', () => process.exit());
// The next process of the function starts with what this one has compiled.
enableCompileCache(join(tmpdir(), `oratio-compiled-${userInfo().uid}`));
try {
  const handler = await loadHandler();
  flushCompileCache();
  process.on('message', (message) => void run(handler, message as InvokeMessage));
  say({ kind: 'ready' });
} catch (error) {
  say({ kind: 'init-error', error: errorDocument(error) });
}
