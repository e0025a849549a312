/** Longest that telling others may hold a function up: what takes longer is told while the function lives, or never. */
const TELL_WITHIN_MS = 1500;

/** Resolves with the work, or when it takes too long. Rejects when the work does before that. */
export const within = async (work: Promise<unknown>): Promise<void> => {
  const late = Promise.withResolvers<void>();
  const timer = setTimeout(late.resolve, TELL_WITHIN_MS);
  try {
    await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
};
