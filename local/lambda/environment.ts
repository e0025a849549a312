import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { createWriteStream, mkdirSync, type WriteStream } from 'node:fs';
import { join } from 'node:path';
import type { FunctionResult, RoleCredentials } from '../core/service.ts';
import type { FunctionConfig } from './function-config.ts';
import type { ErrorDocument, InvokeMessage, ProcessMessage } from './runtime/messages.ts';
import { runtimeEntry } from './runtime-entry.ts';

/** Largest result of a synchronous invocation (Lambda quotas, 2026-11): 6 MB, in bytes. */
export const SYNC_PAYLOAD_LIMIT_BYTES = 6_291_556;

export interface EnvironmentSettings {
  readonly config: FunctionConfig;
  readonly credentials: RoleCredentials;
  readonly region: string;
  readonly endpointUrl: string;
  readonly logDir: string;
  /** Stand in for variables of these names, where the function has them. */
  readonly peers: Readonly<Record<string, string>>;
}

/** The whole environment of the process: the function's own, its role's credentials, what Lambda sets. */
function variablesOf({ config, credentials, region, endpointUrl, peers }: EnvironmentSettings): NodeJS.ProcessEnv {
  const present = Object.entries(peers).filter(([name]) => name in config.environment);
  return {
    PATH: process.env.PATH,
    LANG: 'en_US.UTF-8',
    TZ: ':UTC',
    ...config.environment,
    ...Object.fromEntries(present),
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ENDPOINT_URL: endpointUrl,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_SESSION_TOKEN: credentials.sessionToken,
    AWS_EXECUTION_ENV: `AWS_Lambda_${config.runtime}`,
    AWS_LAMBDA_FUNCTION_NAME: config.name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(config.memoryMb),
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${config.name}`,
    AWS_LAMBDA_LOG_STREAM_NAME: 'embedded',
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    LAMBDA_TASK_ROOT: config.codeDir,
    _HANDLER: config.handler,
  };
}

const failure = (error: ErrorDocument): FunctionResult => ({
  payload: JSON.stringify(error),
  functionError: 'Unhandled',
});

const tooLarge = failure({
  errorType: 'Function.ResponseSizeTooLarge',
  errorMessage: `Response payload size exceeded maximum allowed payload size (${SYNC_PAYLOAD_LIMIT_BYTES} bytes).`,
});

/** One execution environment: a Node process that runs one event at a time and keeps its module state in between. */
export class ExecutionEnvironment {
  readonly config: FunctionConfig;
  readonly accessKeyId: string;
  /** Epoch milliseconds of the machine when it last became idle. */
  idleSinceMs = Date.now();
  /** What it works on, or worked on last: JSON text. */
  event = 'null';
  readonly #child: ChildProcess;
  readonly #log: WriteStream;
  readonly #ready: Promise<ErrorDocument | undefined>;
  #finish: ((result: FunctionResult) => void) | undefined;
  #requestId = '';
  #dead = false;

  constructor(settings: EnvironmentSettings) {
    this.config = settings.config;
    this.accessKeyId = settings.credentials.accessKeyId;
    mkdirSync(settings.logDir, { recursive: true });
    this.#log = createWriteStream(join(settings.logDir, `${settings.config.name}.log`), { flags: 'a' });
    // The folder may be gone when a cloud is removed right after it ended; its log is then of no use to anybody.
    this.#log.on('error', () => this.#log.destroy());
    this.#child = spawn(process.execPath, [runtimeEntry()], {
      cwd: settings.config.codeDir,
      env: variablesOf(settings),
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    this.#child.stdout?.pipe(this.#log, { end: false });
    this.#child.stderr?.pipe(this.#log, { end: false });
    this.#ready = this.#listen();
  }

  /** Whether it can take another event. */
  get alive(): boolean {
    return !this.#dead;
  }

  /** Resolves when the function is ready (undefined), or with why it could not become so. */
  get started(): Promise<ErrorDocument | undefined> {
    return this.#ready;
  }

  #listen(): Promise<ErrorDocument | undefined> {
    return new Promise((ready) => {
      this.#child.on('message', (message) => {
        const said = message as ProcessMessage;
        if (said.kind === 'ready') ready(undefined);
        else if (said.kind === 'init-error') ready(said.error);
        else if (said.requestId === this.#requestId) {
          this.#finish?.(said.kind === 'error' ? failure(said.error) : { payload: said.payload });
        }
      });
      this.#child.once('error', (error) => this.#end(`Error: ${error.message}`, ready));
      this.#child.once('exit', (code, signal) => {
        this.#end(signal ? `signal: ${signal}` : `exit status ${code}`, ready);
      });
    });
  }

  #end(how: string, ready: (error: ErrorDocument) => void): void {
    this.#dead = true;
    const prefix = this.#requestId ? `RequestId: ${this.#requestId} ` : '';
    const error = { errorType: 'Runtime.ExitError', errorMessage: `${prefix}Error: Runtime exited with error: ${how}` };
    ready(error);
    this.#finish?.(failure(error));
    this.#log.end();
  }

  /** Runs one event at `cloudNowMs`. Errors of the function, its timeout and its crash are in the result, named as Lambda names them. */
  async invoke(event: string, cloudNowMs: number): Promise<FunctionResult> {
    const requestId = randomUUID();
    this.#requestId = requestId;
    this.event = event;
    const startedAt = performance.now();
    const initError = await this.#ready;
    const result = initError ? failure(initError) : await this.#run(event, requestId, cloudNowMs);
    this.#requestId = '';
    if (initError) this.kill();
    const durationMs = (performance.now() - startedAt).toFixed(2);
    if (!this.#dead) this.#log.write(`REPORT RequestId: ${requestId}\tDuration: ${durationMs} ms\n`);
    this.idleSinceMs = Date.now();
    return Buffer.byteLength(result.payload) > SYNC_PAYLOAD_LIMIT_BYTES ? tooLarge : result;
  }

  async #run(event: string, requestId: string, cloudNowMs: number): Promise<FunctionResult> {
    const { timeoutSeconds, arn } = this.config;
    const message: InvokeMessage = {
      requestId,
      event,
      deadlineMs: Date.now() + timeoutSeconds * 1000,
      functionArn: arn,
      cloudNowMs,
    };
    let timer: NodeJS.Timeout | undefined;
    const result = await new Promise<FunctionResult>((finish) => {
      this.#finish = finish;
      timer = setTimeout(() => {
        const errorMessage = `RequestId: ${requestId} Error: Task timed out after ${timeoutSeconds.toFixed(2)} seconds`;
        finish(failure({ errorType: 'Sandbox.Timedout', errorMessage }));
        this.kill();
      }, timeoutSeconds * 1000);
      // A dead process ends the invocation through its exit, not through a failed send.
      this.#child.send(message, () => undefined);
    });
    clearTimeout(timer);
    this.#finish = undefined;
    return result;
  }

  /** Ends the process at once, as `kill -9` does. */
  kill(): void {
    this.#dead = true;
    this.#child.kill('SIGKILL');
  }
}
