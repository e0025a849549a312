/** A failure in words. */
export interface ProblemText {
  readonly title: string;
  /** What it is about and what to do. */
  readonly text: string;
  readonly errors: readonly { readonly pointer: string; readonly message: string }[];
  readonly requestId?: string;
}

/** What a failed answer of the API carries (`OratioProblem` of the client), as far as it is shown. */
interface ProblemLike {
  readonly status: number;
  readonly title: string;
  readonly detail?: string | undefined;
  readonly errors?: readonly { readonly pointer: string; readonly message: string }[] | undefined;
  readonly requestId?: string | undefined;
  readonly retryAfterSeconds?: number | undefined;
}

const isProblem = (error: unknown): error is ProblemLike =>
  error instanceof Error && 'status' in error && 'title' in error && typeof error.status === 'number';

const ADVICE: Readonly<Record<number, string>> = {
  0: 'Look at your connection to the network and try again.',
  401: 'Sign in again.',
  403: 'Ask whoever administers Oratio for this permission.',
  404: 'It may have been deleted meanwhile; go back to the list.',
  409: 'Look at how things stand now and try again.',
  412: 'Somebody else changed it meanwhile; look at their change and try again.',
  413: 'Send less at once.',
  422: 'Correct what is named and try again.',
  502: 'Try again in a minute.',
  503: 'Try again in a minute.',
  504: 'Try again in a minute.',
};

function adviceFor({ status, retryAfterSeconds }: ProblemLike): string {
  if (status === 429)
    return `Wait ${retryAfterSeconds === undefined ? 'a little' : `${retryAfterSeconds} s`} and try again.`;
  return ADVICE[status] ?? (status >= 500 ? 'Try again; if it stays, tell your administrator the request’s id.' : '');
}

const sentence = (text: string): string => (text === '' || /[.!?…]$/.test(text) ? text : `${text}.`);

/** Whether the API says that nobody is signed in, or no longer. */
export const isSignedOut = (error: unknown): boolean => isProblem(error) && error.status === 401;

/** Puts a failure into words: the problem's title, its detail and what to do about it. */
export function problemText(error: unknown): ProblemText {
  if (isProblem(error)) {
    const { title, detail = '', errors = [], requestId } = error;
    const text = [sentence(detail), adviceFor(error)].filter(Boolean).join(' ');
    return { title, text, errors, ...(requestId === undefined ? {} : { requestId }) };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { title: 'This did not work', text: sentence(message), errors: [] };
}
