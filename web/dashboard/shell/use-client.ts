import { createContext, useContext } from 'react';
import type { OratioClient } from '../../../client/index.ts';

export const ClientContext = createContext<OratioClient | undefined>(undefined);

/** The typed client of the API, signed in. A failed call throws `OratioProblem`. */
export function useClient(): OratioClient {
  const client = useContext(ClientContext);
  if (!client) throw new Error('There is no client here.');
  return client;
}
