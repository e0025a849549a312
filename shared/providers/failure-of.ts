import { EngineError, type EngineErrorKind } from '../voice/engines/speech-engine.ts';
import { ProviderError, type ProviderFault } from './provider-error.ts';
import type { Failure } from './provider-failure.ts';

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

/** Anything that is no failure of a provider is thrown again. */
export const failureOf = (error: unknown): Failure => {
  if (error instanceof ProviderError) {
    const { fault, message, retryAfterSeconds } = error;
    return { fault, message, ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }) };
  }
  if (error instanceof EngineError) return { fault: FAULT_OF_KIND[error.kind], message: error.message };
  throw error;
};

/** As it was thrown where the provider was spoken to. */
export const errorOfFailure = ({ fault, message, retryAfterSeconds }: Failure): ProviderError =>
  new ProviderError(fault, message, { retryAfterSeconds });
