import { text } from '../kernel/env.ts';

/** Variables of a function that asks agents whose owner may have chosen a language model. */
export const MIND_ENV = {
  /** Names of secrets with keys of providers begin with it. */
  RESOURCE_PREFIX: text,
  /** Seals such a key for its way. */
  PROVIDER_KEYS_KMS_KEY: text,
} as const;

export interface MindEnv {
  readonly RESOURCE_PREFIX: string;
  readonly PROVIDER_KEYS_KMS_KEY: string;
}
