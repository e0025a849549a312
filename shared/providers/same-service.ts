interface Service {
  readonly provider: string;
  readonly apiUrl: string | null;
}

/** Whether both are the same service: a key is good for the one it was given for, and no other gets to see it. */
export const isSameService = (a: Service, b: Service): boolean =>
  a.provider === b.provider && originOf(a.apiUrl) === originOf(b.apiUrl);

const originOf = (address: string | null): string => (address === null ? '' : new URL(address).origin);
