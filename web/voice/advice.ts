import type { RefusedBy } from './session-machine.ts';

/** What went wrong and what one can do about it. */
export interface Advice {
  readonly code: string;
  readonly title: string;
  readonly remedy: string;
}

const known = (title: string, remedy: string) => ({ title, remedy });

/** By the stable codes of the API's problems, of the protocol's, and of this page's own. */
const ADVICE: Readonly<Record<string, { readonly title: string; readonly remedy: string }>> = {
  unauthenticated: known(
    'The key was not accepted',
    'Check that you copied the whole API key, and that it has not expired.',
  ),
  'insufficient-scope': known('The key may not hold calls', 'Ask for an API key with the scope agents:talk.'),
  'agent-not-found': known('There is no such agent', 'Check the agent’s id; the key must belong to the same account.'),
  'agent-not-ready': known('The agent is not ready yet', 'It is still being built. Try again in a minute.'),
  'agent-has-no-voice': known('This agent answers in writing only', 'Change its type to “voice” or “both”.'),
  'invalid-request': known(
    'That is not the id of an agent',
    'An agent’s id looks like 019a5c1e-7d00-7a3b-9c55-2f6d1c0a4b11.',
  ),
  'lines-busy': known('All lines are busy', 'Wait a moment, then call again.'),
  'too-many-requests': known('Too many calls at once', 'Wait a moment, then call again.'),
  'budget-exhausted': known(
    'The budget for calls is used up',
    'It starts anew at midnight UTC, or can be raised in the voice settings.',
  ),
  network: known('The connection was lost', 'Check your network, then call again.'),
  'microphone-denied': known(
    'The microphone is blocked',
    'Allow the microphone for this page in the address bar, then call again. Or type below: you will still hear the answers.',
  ),
  'microphone-missing': known(
    'No microphone was found',
    'Connect one, then call again. Or type below: you will still hear the answers.',
  ),
  'microphone-failed': known(
    'The microphone cannot be used',
    'Another program may hold it. Close it, then call again, or type below.',
  ),
  unsupported: known(
    'This browser cannot hold calls',
    'Use a current version of Chrome, Edge, Firefox or Safari, over https.',
  ),
};

/** Advice for a problem's code; unknown codes keep the words they came with. */
export function adviceFor(code: string, detail = ''): Advice {
  const found = ADVICE[code];
  if (found !== undefined) return { code, ...found };
  return { code, title: 'The call failed', remedy: detail === '' ? 'Call again.' : `${detail} Call again.` };
}

/** By the close codes of the protocol, for a connection that ended without a word. */
const BY_CLOSE: Readonly<Record<number, string>> = {
  4401: 'unauthenticated',
  4403: 'insufficient-scope',
  4404: 'agent-not-found',
  4409: 'agent-not-ready',
  4429: 'lines-busy',
};

export const adviceForClose = (code: number): Advice => adviceFor(BY_CLOSE[code] ?? 'network');

/** Trying another way will not help. */
export const isFinal = ({ status, code }: RefusedBy): boolean =>
  code !== 'direct-not-offered' &&
  ((status >= 400 && status < 500 && status !== 408 && status !== 429) || code === 'lines-busy' || status === 429);
