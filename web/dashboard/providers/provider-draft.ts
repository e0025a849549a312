import type * as z from 'zod';
import type { BodyOf } from '../../../client/index.ts';
import type { ProviderPart } from '../../../shared/providers/provider-names.ts';
import type { ProviderPartView, ProvidersView } from '../../../shared/providers/provider-views.ts';
import { PARTS, PROVIDER_FIELDS, type ProviderField, providerInfo } from './provider-table.ts';

export type Providers = z.output<typeof ProvidersView>;
type PartView = z.output<typeof ProviderPartView>;
type PutBody = BodyOf<'putProviders'>;
export type PartConfig = NonNullable<PutBody['llm']>;

/** One part as it is being written; every field is the text of its box. */
export interface PartDraft extends Readonly<Record<ProviderField, string>> {
  readonly provider: string;
  /** A new key; empty: the one we keep stays. */
  readonly apiKey: string;
  readonly removesKey: boolean;
}

/** What is in force, ready to be edited. */
const draftOf = (view: PartView): PartDraft => ({
  provider: view.provider,
  model: view.model ?? '',
  voice: view.voice ?? '',
  apiUrl: view.apiUrl ?? '',
  completionsPath: view.completionsPath ?? '',
  path: view.path ?? '',
  sampleRateHertz: view.sampleRateHertz === null ? '' : String(view.sampleRateHertz),
  apiKey: '',
  removesKey: false,
});

/** Another provider: what was said about the one before means nothing for it. */
export const draftFor = (provider: string): PartDraft => ({
  provider,
  model: '',
  voice: '',
  apiUrl: '',
  completionsPath: '',
  path: '',
  sampleRateHertz: '',
  apiKey: '',
  removesKey: false,
});

/** What the API is told of a part: only fields that its provider has. */
export function configOf(part: ProviderPart, draft: PartDraft): PartConfig {
  const { fields, hasKey } = providerInfo(part, draft.provider);
  const said = fields.flatMap((field): [string, string | number][] => {
    const text = draft[field].trim();
    if (text === '') return [];
    return [[field, field === 'sampleRateHertz' ? Number(text) : text]];
  });
  const key = draft.removesKey
    ? { apiKey: null }
    : draft.apiKey === '' || !hasKey
      ? {}
      : { apiKey: draft.apiKey.trim() };
  return { provider: draft.provider, ...Object.fromEntries(said), ...key };
}

/** Whether something would change. */
function isChanged(view: PartView, draft: PartDraft): boolean {
  if (draft.apiKey !== '' || draft.removesKey) return true;
  const before = draftOf(view);
  return draft.provider !== before.provider || PROVIDER_FIELDS.some((field) => draft[field].trim() !== before[field]);
}

/** Fields that are needed and empty. */
export const missingFields = (part: ProviderPart, draft: PartDraft): readonly ProviderField[] =>
  providerInfo(part, draft.provider).needs.filter((field) => draft[field].trim() === '');

export type Drafts = Readonly<Record<ProviderPart, PartDraft>>;

export const draftsOf = (view: Providers): Drafts => ({
  speech: draftOf(view.speech),
  llm: draftOf(view.llm),
  tts: draftOf(view.tts),
  stt: draftOf(view.stt),
});

/** Body of `PUT /agents/{agentId}/providers`: the parts that changed. */
export const changesOf = (view: Providers, drafts: Drafts): PutBody =>
  Object.fromEntries(
    PARTS.filter((part) => isChanged(view[part], drafts[part])).map((part) => [part, configOf(part, drafts[part])]),
  );
