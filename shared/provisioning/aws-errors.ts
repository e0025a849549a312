/** Whether a service answered with the exception of one of these names. */
export const isNamed = (error: unknown, ...names: readonly string[]): error is Error =>
  error instanceof Error && names.includes(error.name);

/** The answer, or undefined when it is the exception of this name: what is gone already needs no removal. */
export const ignoring = async <Answer>(name: string, answer: Promise<Answer>): Promise<Answer | undefined> => {
  try {
    return await answer;
  } catch (error) {
    if (isNamed(error, name)) return undefined;
    throw error;
  }
};
