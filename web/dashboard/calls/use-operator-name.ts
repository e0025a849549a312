import { useCallback } from 'react';
import { useSession } from '../shell/session.ts';

/** A name for people of an operator's: a token without an address tells only the tenant's id. */
export function useOperatorName(): (operator: string) => string {
  const { userId, email } = useSession().profile;
  return useCallback((operator) => (operator === userId ? (email ?? operator) : operator), [userId, email]);
}
