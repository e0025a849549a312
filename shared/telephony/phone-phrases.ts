const PHRASES = {
  'not-in-service': 'This number is not in service at the moment. Goodbye.',
  'please-hold': 'All our lines are busy. Please hold, you will be connected as soon as one is free.',
  'not-today': 'We are sorry, we cannot take your call today. Please call again tomorrow. Goodbye.',
  'nobody-free': 'We are sorry, nobody can take your call at the moment. Please call again later. Goodbye.',
  'still-busy': 'We are sorry, all our lines are still busy. Please call again later. Goodbye.',
} as const;

/** What a caller hears before, or instead of, the agent: spoken by the provider, in the stage's language. */
export const phraseOf = (phrase: keyof typeof PHRASES): { readonly text: string; readonly language: string } => ({
  text: PHRASES[phrase],
  language: 'en-US',
});
