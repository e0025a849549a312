import type { Engine, Gender, LanguageCode, Voice, VoiceId } from '@aws-sdk/client-polly';

const LANGUAGE_NAMES: Readonly<Partial<Record<LanguageCode, string>>> = {
  'en-US': 'US English',
  'en-GB': 'British English',
  'en-AU': 'Australian English',
  'en-IN': 'Indian English',
  'fr-FR': 'French',
  'it-IT': 'Italian',
  'de-DE': 'German',
  'es-US': 'US Spanish',
  'es-ES': 'Castilian Spanish',
  'pt-BR': 'Brazilian Portuguese',
};

/** Voices with the engines they have (Polly developer guide, "Available voices", read 2026-11); all speak the embedded voice's English. */
const CATALOGUE: readonly (readonly [VoiceId, Gender, LanguageCode, readonly Engine[]])[] = [
  ['Joanna', 'Female', 'en-US', ['neural', 'standard']],
  ['Matthew', 'Male', 'en-US', ['neural', 'standard', 'generative']],
  ['Ruth', 'Female', 'en-US', ['neural', 'long-form', 'generative']],
  ['Stephen', 'Male', 'en-US', ['neural', 'generative']],
  ['Danielle', 'Female', 'en-US', ['neural', 'long-form']],
  ['Gregory', 'Male', 'en-US', ['neural', 'long-form']],
  ['Salli', 'Female', 'en-US', ['neural', 'standard']],
  ['Joey', 'Male', 'en-US', ['neural', 'standard']],
  ['Kendra', 'Female', 'en-US', ['neural', 'standard']],
  ['Amy', 'Female', 'en-GB', ['neural', 'standard', 'generative']],
  ['Emma', 'Female', 'en-GB', ['neural', 'standard']],
  ['Brian', 'Male', 'en-GB', ['neural', 'standard']],
  ['Arthur', 'Male', 'en-GB', ['neural']],
  ['Olivia', 'Female', 'en-AU', ['neural', 'generative']],
  ['Kajal', 'Female', 'en-IN', ['neural', 'generative']],
  ['Lea', 'Female', 'fr-FR', ['neural', 'standard', 'generative']],
  ['Remi', 'Male', 'fr-FR', ['neural', 'generative']],
  ['Bianca', 'Female', 'it-IT', ['neural', 'standard', 'generative']],
  ['Adriano', 'Male', 'it-IT', ['neural']],
  ['Vicki', 'Female', 'de-DE', ['neural', 'standard', 'generative']],
  ['Daniel', 'Male', 'de-DE', ['neural', 'generative']],
  ['Lupe', 'Female', 'es-US', ['neural', 'standard', 'generative']],
  ['Pedro', 'Male', 'es-US', ['neural', 'generative']],
  ['Lucia', 'Female', 'es-ES', ['neural', 'standard', 'generative']],
  ['Sergio', 'Male', 'es-ES', ['neural', 'generative']],
  ['Camila', 'Female', 'pt-BR', ['neural', 'standard', 'generative']],
  ['Thiago', 'Male', 'pt-BR', ['neural']],
];

export const VOICES: readonly Voice[] = CATALOGUE.map(([Id, Gender, LanguageCode, engines]) => ({
  Id,
  Name: Id,
  Gender,
  LanguageCode,
  LanguageName: LANGUAGE_NAMES[LanguageCode],
  SupportedEngines: [...engines],
}));
