/** Work in order, behind whoever asked for it. */
export interface Behind {
  readonly tell: (work: () => Promise<void>) => Promise<void>;
  /** Resolves when all of it is done. */
  readonly idle: () => Promise<void>;
}

/** Does one piece of work after the other and lets nobody wait for it. Work must not throw. */
export const behind = (): Behind => {
  let last: Promise<void> = Promise.resolve();
  return {
    tell: (work) => {
      last = last.then(work);
      return Promise.resolve();
    },
    idle: () => last,
  };
};
