/** The tools every voice call has, by what speech models call them. */
export const VOICE_TOOLS = {
  askAgent: 'askAgent',
  searchKnowledge: 'searchKnowledge',
  handoffToHuman: 'handoffToHuman',
  endCall: 'endCall',
} as const;
