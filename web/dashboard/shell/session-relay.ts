import { readSession } from './kept-session.ts';

/**
 * Hands a new session from the tab where somebody signed in again to the tab whose session has ended, so that what is
 * typed there is not lost. A channel reaches pages of this origin only, and tabs of other processes: the policy
 * `Cross-Origin-Opener-Policy: same-origin` parts a window from who opened it.
 */
const CHANNEL = 'oratio.session';
/** A tab that waits answers at once. */
const ANSWER_MS = 1500;

/** Calls `take` with each session of this user that is handed over, as it is kept, until the returned function is called. */
export function awaitSession(userId: string, take: (text: string) => void): () => void {
  const channel = new BroadcastChannel(CHANNEL);
  channel.onmessage = ({ data }: { readonly data: unknown }) => {
    if (typeof data !== 'string' || readSession(data)?.userId !== userId) return;
    channel.postMessage({ isTaken: true });
    take(data);
  };
  return () => channel.close();
}

/** Offers a session to the tabs that wait for one; says whether any took it within `answerMs`. */
export function handOver(text: string, answerMs = ANSWER_MS): Promise<boolean> {
  const channel = new BroadcastChannel(CHANNEL);
  return new Promise<boolean>((settle) => {
    channel.onmessage = () => settle(true);
    setTimeout(settle, answerMs, false);
    channel.postMessage(text);
  }).finally(() => channel.close());
}
