import { OratioProblem, unreachable } from './oratio-problem.ts';
import { USUAL_PATIENCE, wait, waitBeforeRepeating } from './repeat.ts';

/** A presigned form, as the answers to create, update and retry have one for each declared file. */
export interface UploadForm {
  readonly path: string;
  readonly url: string;
  /** To be sent before the file, all of them. */
  readonly fields: Readonly<Record<string, string>>;
}

/** How far one file is. `sentBytes` are of the file itself; in Node they come in one leap at its end. */
export interface UploadProgress {
  readonly path: string;
  readonly sentBytes: number;
  readonly totalBytes: number;
  readonly isDone: boolean;
}

export interface UploadOptions {
  readonly onProgress?: (progress: UploadProgress) => void;
  readonly signal?: AbortSignal;
  /** Files at a time; 4 unless stated. */
  readonly atOnce?: number;
  /** Attempts for each file; 4 unless stated. */
  readonly attempts?: number;
  /** For tests. */
  readonly fetch?: typeof fetch;
  readonly wait?: (ms: number, signal?: AbortSignal) => Promise<void>;
  readonly chance?: () => number;
}

/**
 * Sends each file with its form. `contentOf` is asked for a file when its turn comes, so that not all of them are in
 * memory at once. Throws `OratioProblem` (`upload-refused`, `upload-too-large`, `unreachable`) for the first file that
 * could not be sent, after which no other is begun; what the signal says when it is aborted.
 */
export async function uploadFiles(
  forms: readonly UploadForm[],
  contentOf: (path: string) => Blob | Promise<Blob>,
  options: UploadOptions = {},
): Promise<void> {
  const waiting = [...forms];
  const stopping = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, stopping.signal]) : stopping.signal;
  const work = async (): Promise<void> => {
    for (let form = waiting.shift(); form !== undefined; form = waiting.shift()) {
      signal.throwIfAborted();
      await uploadOne(form, await contentOf(form.path), { ...options, signal });
    }
  };
  const workers = Array.from({ length: Math.min(options.atOnce ?? 4, forms.length) }, work);
  try {
    await Promise.all(workers);
  } catch (error) {
    stopping.abort(error);
    await Promise.allSettled(workers);
    throw error;
  }
}

async function uploadOne(
  form: UploadForm,
  content: Blob,
  options: UploadOptions & { signal: AbortSignal },
): Promise<void> {
  const { onProgress, wait: pause = wait, chance = Math.random, attempts = USUAL_PATIENCE.attempts } = options;
  const totalBytes = content.size;
  const tell = (sentBytes: number, isDone = false): void =>
    onProgress?.({ path: form.path, sentBytes: Math.min(sentBytes, totalBytes), totalBytes, isDone });
  const body = new FormData();
  for (const [name, value] of Object.entries(form.fields)) body.append(name, value);
  body.append('file', content, form.path.split('/').at(-1) ?? form.path);
  tell(0);
  for (let attempt = 1; ; attempt += 1) {
    try {
      await send(form.url, { ...options, body, onSent: tell });
      tell(totalBytes, true);
      return;
    } catch (problem) {
      if (!(problem instanceof OratioProblem)) throw problem;
      const failure = { problem, attempt, repeatable: true };
      const waitMs = waitBeforeRepeating(failure, { ...USUAL_PATIENCE, attempts }, chance());
      if (waitMs === undefined) throw problem;
      await pause(waitMs, options.signal);
    }
  }
}

interface Sending {
  readonly body: FormData;
  readonly signal: AbortSignal;
  readonly fetch?: typeof fetch;
  readonly onSent: (bytes: number) => void;
}

/** `fetch` does not say how much of a body was sent; where there is an `XMLHttpRequest`, it does. */
async function send(url: string, sending: Sending): Promise<void> {
  const Requests = sending.fetch === undefined ? uploadRequests() : undefined;
  const { status, text } = Requests ? await sendByXhr(new Requests(), url, sending) : await sendByFetch(url, sending);
  if (status < 200 || status >= 300) throw refusal(status, text);
}

interface StorageAnswer {
  readonly status: number;
  readonly text: string;
}

async function sendByFetch(url: string, { body, fetch: post = fetch, signal }: Sending): Promise<StorageAnswer> {
  try {
    const response = await post(url, { method: 'POST', body, signal });
    return { status: response.status, text: await response.text() };
  } catch (error) {
    signal.throwIfAborted();
    throw unreachable(url, error);
  }
}

/** The part of a browser's `XMLHttpRequest` that is used here; this code also runs where there is none. */
interface UploadRequest {
  readonly upload: { onprogress: ((event: { readonly loaded: number }) => void) | null };
  readonly status: number;
  readonly responseText: string;
  onload: (() => void) | null;
  onerror: (() => void) | null;
  onabort: (() => void) | null;
  onloadend: (() => void) | null;
  readonly open: (method: string, url: string) => void;
  readonly send: (body: FormData) => void;
  readonly abort: () => void;
}

type UploadRequests = new () => UploadRequest;

const uploadRequests = (): UploadRequests | undefined =>
  (globalThis as { readonly XMLHttpRequest?: UploadRequests }).XMLHttpRequest;

function sendByXhr(request: UploadRequest, url: string, { body, signal, onSent }: Sending): Promise<StorageAnswer> {
  return new Promise((resolve, reject) => {
    const abort = (): void => request.abort();
    request.upload.onprogress = ({ loaded }) => onSent(loaded);
    request.onload = () => resolve({ status: request.status, text: request.responseText });
    request.onerror = () => reject(unreachable(url, undefined));
    request.onabort = () => reject(signal.reason);
    request.onloadend = () => signal.removeEventListener('abort', abort);
    request.open('POST', url);
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) reject(signal.reason);
    else request.send(body);
  });
}

/** S3 answers in XML: `<Error><Code>EntityTooLarge</Code><Message>…`. */
function refusal(status: number, xml: string): OratioProblem {
  const code = /<Code>([^<]*)<\/Code>/.exec(xml)?.[1] ?? '';
  const detail = /<Message>([^<]*)<\/Message>/.exec(xml)?.[1] ?? `The storage answered with status ${status}.`;
  const isBusy = status >= 500 || status === 429;
  return new OratioProblem({
    code: code === 'EntityTooLarge' ? 'upload-too-large' : 'upload-refused',
    status: isBusy ? 503 : status,
    title: code === 'EntityTooLarge' ? 'The file is larger than was declared' : 'The file was not taken',
    detail,
    retryable: isBusy,
  });
}
