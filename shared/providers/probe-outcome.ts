import * as z from 'zod';
import { type ProblemCode, problem } from '../kernel/problems.ts';
import { EngineError, type EngineErrorKind } from '../voice/engines/speech-engine.ts';
import type { Heard } from './probe.ts';
import { ProviderError, type ProviderFault } from './provider-error.ts';

const CODE_OF: Readonly<Record<ProviderFault, ProblemCode>> = {
  key: 'provider-key-refused',
  'key-missing': 'provider-key-missing',
  model: 'provider-model-unknown',
  refused: 'provider-refused',
  overloaded: 'provider-overloaded',
  unreachable: 'provider-unreachable',
  misbehaved: 'provider-misbehaved',
  timeout: 'provider-timeout',
  'unsafe-address': 'unsafe-address',
};

const FAULTS = Object.keys(CODE_OF) as [ProviderFault, ...ProviderFault[]];

/** Of services of AWS, which have no key of a tenant's. */
const FAULT_OF_KIND: Readonly<Record<EngineErrorKind, ProviderFault>> = {
  throttled: 'overloaded',
  quota: 'overloaded',
  filtered: 'refused',
  'timed-out': 'timeout',
  unavailable: 'unreachable',
  idle: 'timeout',
  expired: 'unreachable',
  invalid: 'refused',
  denied: 'refused',
};

/** A failure of a provider as it travels between our functions. */
export interface Failure {
  readonly fault: ProviderFault;
  /** Without keys, and without what was said. */
  readonly message: string;
}

/** Anything that is no failure of a provider is thrown again. */
export const failureOf = (error: unknown): Failure => {
  if (error instanceof ProviderError) return { fault: error.fault, message: error.message };
  if (error instanceof EngineError) return { fault: FAULT_OF_KIND[error.kind], message: error.message };
  throw error;
};

/** What a caller of the API is told of it. */
export const problemOfFailure = ({ fault, message }: Failure): Error => problem(CODE_OF[fault], message);

/** What the function `probe-provider` answers. */
export const ProbeAnswer = z.discriminatedUnion('outcome', [
  z.object({
    outcome: z.literal('heard'),
    heard: z.object({
      said: z.string(),
      heard: z.string(),
      audio: z.object({ sampleRateHertz: z.number(), durationMs: z.number(), loudnessDb: z.number() }).nullable(),
      firstMs: z.number(),
      totalMs: z.number(),
    }) satisfies z.ZodType<Heard>,
  }),
  z.object({ outcome: z.literal('failed'), failure: z.object({ fault: z.enum(FAULTS), message: z.string() }) }),
]);
export type ProbeAnswer = z.output<typeof ProbeAnswer>;
