import type * as z from 'zod';
import type { ProviderKeySet } from '../voice/settings/provider-keys.ts';
import type { VoiceSettings } from '../voice/voice-settings.ts';
import { PROVIDER_PARTS, type ProviderPart } from './provider-names.ts';
import type { ProviderPartView, ProvidersView } from './provider-views.ts';
import { KEY_OF_PART } from './wanted-providers.ts';

type Part = Omit<z.output<typeof ProviderPartView>, 'keyLastFour'>;

const NOTHING = {
  model: null,
  voice: null,
  sampleRateHertz: null,
  apiUrl: null,
  completionsPath: null,
  path: null,
} as const;

const definedOnly = (values: object): object =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));

/** A part of the settings as everybody reads it. */
export const partOf = (part: ProviderPart, settings: VoiceSettings): Part => {
  const { engine, voice, speech, cascade } = settings;
  if (part === 'speech') return { ...NOTHING, provider: engine, voice, ...definedOnly(speech ?? {}) };
  const { provider, ...rest } = cascade[part];
  const { modelId, engine: pollyEngine, ...same } = rest as { readonly modelId?: string; readonly engine?: string };
  const model = modelId ?? pollyEngine;
  return { ...NOTHING, provider, ...definedOnly({ model, ...same }) };
};

/** Whose services an agent uses; of keys the last four characters. */
export const providersView = (
  agentId: string,
  settings: VoiceSettings,
  keys: ProviderKeySet,
): z.output<typeof ProvidersView> => {
  const [speech, llm, tts, stt] = PROVIDER_PARTS.map((part) => ({
    ...partOf(part, settings),
    keyLastFour: keys[KEY_OF_PART[part]]?.slice(-4) ?? null,
  })) as [View, View, View, View];
  return { agentId, speech, llm, tts, stt };
};

type View = z.output<typeof ProviderPartView>;

/** Every address of the settings, with the place in the body it came from. */
export const addressesOf = ({
  speech,
  cascade,
}: VoiceSettings): readonly { readonly part: ProviderPart; readonly address: string }[] =>
  [
    { part: 'speech' as const, address: speech?.apiUrl },
    ...(['llm', 'tts', 'stt'] as const).map((part) => ({
      part,
      address: 'apiUrl' in cascade[part] ? cascade[part].apiUrl : undefined,
    })),
  ].flatMap(({ part, address }) => (address === undefined ? [] : [{ part, address }]));
