import { notFound, validation } from '../../bedrock/common.ts';

interface SonicModel {
  readonly modelId: string;
  /** ISO date from which the model answers no more. */
  readonly endOfLife?: string;
}

/** Speech-to-speech models with their dates (Bedrock user guide, "Model lifecycle", read 2026-11). */
const SONIC_MODELS: readonly SonicModel[] = [
  { modelId: 'amazon.nova-sonic-v1:0', endOfLife: '2026-09-14' },
  { modelId: 'amazon.nova-2-sonic-v1:0' },
  { modelId: 'amazon.nova-2-5-sonic' },
];

/** Voices of Nova 2 Sonic (Nova 2 user guide, "Language support and multilingual capabilities", read 2026-11). */
const SONIC_VOICES: ReadonlySet<string> = new Set([
  'tiffany',
  'matthew',
  'amy',
  'olivia',
  'kiara',
  'arjun',
  'ambre',
  'florian',
  'beatrice',
  'lorenzo',
  'tina',
  'lennart',
  'lupe',
  'carlos',
  'carolina',
  'leo',
]);

export const isSonicVoice = (voiceId: string): boolean => SONIC_VOICES.has(voiceId);

/**
 * The id of a speech model from an id or its ARN. Throws `ValidationException` for another model and
 * `ResourceNotFoundException` for one that has ended by `nowMs` (epoch milliseconds).
 */
export const requireSonicModel = (idOrArn: string | undefined, nowMs: number): string => {
  const id = idOrArn?.split('/').at(-1);
  const model = SONIC_MODELS.find(({ modelId }) => modelId === id);
  if (model === undefined) throw validation('The provided model identifier is invalid.');
  if (model.endOfLife !== undefined && nowMs >= Date.parse(model.endOfLife)) {
    throw notFound('This model version has reached the end of its life.');
  }
  return model.modelId;
};
