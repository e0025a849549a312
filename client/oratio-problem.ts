/** One place in a request that is wrong. */
export interface ProblemPlace {
  /** RFC 6901 pointer into the body; `/query/…`, `/headers/…`, `/path/…` for other parts of the request. */
  readonly pointer: string;
  readonly message: string;
  readonly code?: string;
}

interface ProblemMembers {
  readonly code: string;
  readonly status: number;
  readonly title: string;
  readonly detail?: string;
  readonly errors?: readonly ProblemPlace[];
  readonly requestId?: string;
  readonly retryable?: boolean;
  readonly retryAfterSeconds?: number;
}

/**
 * A request that was refused, or could not be made. `code` is stable: switch on it. `status` is 0 and the code
 * `unreachable` when nothing answered at all.
 */
export class OratioProblem extends Error {
  readonly code: string;
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  readonly errors: readonly ProblemPlace[];
  readonly requestId: string | undefined;
  /** Whether the same request may succeed later without being changed. */
  readonly retryable: boolean;
  readonly retryAfterSeconds: number | undefined;

  constructor(members: ProblemMembers, options: { readonly cause?: unknown } = {}) {
    const { code, status, title, detail = '', errors = [], requestId, retryable = false, retryAfterSeconds } = members;
    super(detail === '' ? title : `${title}. ${detail}`, options);
    this.name = 'OratioProblem';
    this.code = code;
    this.status = status;
    this.title = title;
    this.detail = detail;
    this.errors = errors;
    this.requestId = requestId;
    this.retryable = retryable;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** The problem of an answer that is not a success, whoever gave it: our API, its gateway, or something on the way. */
export async function problemOf(response: Response): Promise<OratioProblem> {
  const { status } = response;
  const document = await jsonObject(response);
  const retryAfterSeconds = secondsOf(response.headers.get('retry-after'));
  const { code, title, detail, errors, requestId, retryable, message } = document;
  return new OratioProblem({
    code: typeof code === 'string' ? code : codeOf(status),
    status,
    title: typeof title === 'string' ? title : `The service answered with status ${status}`,
    detail: typeof detail === 'string' ? detail : typeof message === 'string' ? message : '',
    errors: Array.isArray(errors) ? errors.filter(isPlace) : [],
    retryable: typeof retryable === 'boolean' ? retryable : PASSING.includes(status),
    ...(typeof requestId === 'string' ? { requestId } : {}),
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  });
}

/** When nothing answered: no network, no such host, a connection cut. */
export const unreachable = (url: string, cause: unknown): OratioProblem =>
  new OratioProblem(
    {
      code: 'unreachable',
      status: 0,
      title: 'Nothing answers',
      detail: `${new URL(url).origin} cannot be reached.`,
      retryable: true,
    },
    { cause },
  );

/** Statuses that the API's gateway answers itself, in its own words. */
const PASSING: readonly number[] = [429, 502, 503, 504];

const codeOf = (status: number): string => {
  if (status === 401) return 'unauthenticated';
  if (status === 403) return 'insufficient-scope';
  if (status === 404) return 'not-found';
  if (status === 413) return 'body-too-large';
  if (status === 429) return 'too-many-requests';
  return status >= 500 ? 'service-unavailable' : 'invalid-request';
};

async function jsonObject(response: Response): Promise<Readonly<Record<string, unknown>>> {
  try {
    const value: unknown = await response.json();
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

const isPlace = (value: unknown): value is ProblemPlace =>
  typeof value === 'object' &&
  value !== null &&
  'pointer' in value &&
  typeof value.pointer === 'string' &&
  'message' in value &&
  typeof value.message === 'string';

/** We send seconds; a date, which HTTP allows too, comes from nobody we talk to. */
const secondsOf = (header: string | null): number | undefined =>
  header !== null && /^\d{1,6}$/.test(header.trim()) ? Number(header) : undefined;
