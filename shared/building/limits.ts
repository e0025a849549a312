/** Bounds of what a generated agent may be. The SOP is limited to 100,000 bytes, so the files that quote it need more. */
export const LIMITS = {
  agentFileBytes: 400_000,
  specificationBytes: 1_000_000,
  /** Longer system prompts are followed badly by voice models; the AgentCreator stops at 12,000 characters. */
  promptCharacters: 12_000,
  /** A sentence of more words cannot be spoken in one breath. */
  spokenSentenceWords: 60,
  syntaxNodes: 200_000,
  syntaxDepth: 120,
  findings: 100,
} as const;
