import { createContext, useContext } from 'react';
import type { Auth, Profile } from './auth.ts';
import type { DashboardConfig } from './config.ts';

/** Who is signed in, where. */
export interface Session {
  readonly auth: Auth;
  readonly config: DashboardConfig;
  readonly profile: Profile;
}

export const SessionContext = createContext<Session | undefined>(undefined);

export function useSession(): Session {
  const session = useContext(SessionContext);
  if (!session) throw new Error('Nobody is signed in here.');
  return session;
}
