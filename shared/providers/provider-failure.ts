import * as z from 'zod';
import { type ProblemCode, problem } from '../kernel/problems.ts';
import type { ProviderFault } from './provider-error.ts';

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

/** A failure of a provider as it travels between our functions. */
export const FailureSchema = z.object({
  fault: z.enum(FAULTS),
  /** Without keys, and without what was said. */
  message: z.string(),
  /** When the service wants to be asked again, where it says so. */
  retryAfterSeconds: z.number().optional(),
});
export type Failure = z.output<typeof FailureSchema>;

/** What a caller of the API is told of it. */
export const problemOfFailure = ({ fault, message, retryAfterSeconds }: Failure): Error =>
  problem(CODE_OF[fault], message, retryAfterSeconds === undefined ? {} : { retryAfterSeconds });
