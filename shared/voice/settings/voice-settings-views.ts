import * as z from 'zod';
import { VoiceSettings } from '../voice-settings.ts';
import { KEYED_PROVIDERS, type KeyedProvider, type ProviderKeySet } from './provider-keys.ts';

const byProvider = <Value extends z.ZodType>(value: Value) =>
  z.strictObject(Object.fromEntries(KEYED_PROVIDERS.map((name) => [name, value])) as Record<KeyedProvider, Value>);

/** Visible ASCII, as goes into a header. */
const ProviderKey = z
  .string()
  .regex(/^[\x21-\x7e]{8,512}$/, '8 to 512 visible ASCII characters.')
  .nullable();

/** Body of `PUT /agents/{agentId}/voice`. */
export const PutVoiceSettingsBody = VoiceSettings.extend({
  voice: z.string().min(1).max(64).optional().meta({
    description: 'A name of the engine’s; without it, the one it has for the language.',
    example: 'tiffany',
  }),
  apiKeys: byProvider(ProviderKey)
    .partial()
    .optional()
    .meta({
      description:
        'Keys to services of other providers: of OpenAI Realtime (`openai`) and of the parts of the cascade. They can be written only. What is absent stays; null removes a key.',
      example: { openai: 'sk-…' },
    }),
}).meta({ id: 'PutVoiceSettings' });

/** What `GET` shows: all settings with their defaults, and of each key the last four characters. */
export const VoiceSettingsView = VoiceSettings.extend({
  apiKeys: byProvider(z.strictObject({ lastFour: z.string() })).partial(),
}).meta({ id: 'VoiceSettings' });

export const voiceSettingsView = (
  settings: VoiceSettings,
  keys: ProviderKeySet,
): z.output<typeof VoiceSettingsView> => ({
  ...settings,
  apiKeys: Object.fromEntries(
    KEYED_PROVIDERS.flatMap((name) => {
      const key = keys[name];
      return key === undefined ? [] : [[name, { lastFour: key.slice(-4) }]];
    }),
  ),
});
