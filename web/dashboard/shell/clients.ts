import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { createOratioClient, type OratioClient } from '../../../client/index.ts';
import { isSignedOut } from './problem-text.ts';
import type { Session } from './session.ts';

export const clientFor = ({ auth, config }: Pick<Session, 'auth' | 'config'>): OratioClient =>
  createOratioClient({ baseUrl: config.api, token: (refused) => auth.token(refused) });

/**
 * One for the session. The client repeats what is worth it, so nothing is repeated here. An answer of 401, which is of
 * a renewed token, means that the session is over: `refused` says so.
 */
export const queryClientFor = (refused: () => void): QueryClient => {
  const onError = (error: unknown): void => void (isSignedOut(error) && refused());
  return new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: {
      queries: { staleTime: 5000, retry: false },
      mutations: { retry: false },
    },
  });
};
