import type { SealedFor } from './key-seal.ts';

interface Service {
  readonly provider: string;
  readonly apiUrl: string | null;
}

/** Whether both are the same service: a key is good for the one it was given for, and no other gets to see it. */
export const isSameService = (a: Service, b: Service): boolean =>
  a.provider === b.provider && originOf(a.apiUrl) === originOf(b.apiUrl);

/** Whom a key to this service is sealed for. */
export const sealedFor = (userId: string, { provider, apiUrl }: Service): SealedFor => ({
  userId,
  service: `${provider} ${originOf(apiUrl)}`,
});

const originOf = (address: string | null): string => (address === null ? '' : new URL(address).origin);
