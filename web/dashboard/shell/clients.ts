import { QueryCache, QueryClient } from '@tanstack/react-query';
import { createOratioClient, type OratioClient } from '../../../client/index.ts';
import { isSignedOut } from './problem-text.ts';
import type { Session } from './session.ts';

export const clientFor = ({ auth, config }: Pick<Session, 'auth' | 'config'>): OratioClient =>
  createOratioClient({ baseUrl: config.api, token: (refused) => auth.token(refused) });

/**
 * One for the session. The client repeats what is worth it, so nothing is repeated here. An answer of 401 means that
 * the session is over: `signedOut` leaves for sign-in.
 */
export const queryClientFor = (signedOut: () => void): QueryClient =>
  new QueryClient({
    queryCache: new QueryCache({ onError: (error) => void (isSignedOut(error) && signedOut()) }),
    defaultOptions: {
      queries: { staleTime: 5000, retry: false },
      mutations: { retry: false },
    },
  });
