/** What makes a language model speak a text as it is. */
export const sayExactly = (text: string): string => `Say exactly this, word for word: "${text.replaceAll('"', '”')}"`;

/** Nobody but the model may take these words for the caller's. */
export const silentInstruction = (text: string): string =>
  `[Instruction from the system; the caller does not hear it and you do not mention it: ${text}]`;
