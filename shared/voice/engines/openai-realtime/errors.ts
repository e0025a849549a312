import { ProviderError, type ProviderFault } from '../../../providers/provider-error.ts';
import type { EngineError, EngineErrorKind } from '../speech-engine.ts';
import type { RealtimeErrorBody } from './events.ts';

/** By the error's `code`, else by its `type`. */
const KIND_OF: Readonly<Record<string, EngineErrorKind>> = {
  session_expired: 'expired',
  rate_limit_exceeded: 'throttled',
  rate_limit_error: 'throttled',
  insufficient_quota: 'quota',
  content_filter: 'filtered',
  content_policy_violation: 'filtered',
  invalid_api_key: 'denied',
  authentication_error: 'denied',
  permission_error: 'denied',
  server_error: 'unavailable',
  internal_error: 'unavailable',
  service_unavailable: 'unavailable',
  invalid_request_error: 'invalid',
};

/** Errors that end the session; the server survives the others. */
const FATAL: ReadonlySet<EngineErrorKind> = new Set(['expired', 'denied', 'quota']);

export const isFatal = ({ kind }: EngineError): boolean => FATAL.has(kind);

/** What cancelling or truncating says when the response had ended by itself: a race, no error. */
const RACES = new Set(['response_cancel_not_active', 'invalid_value_audio_end_ms', 'item_truncate_invalid']);

export const isRace = ({ code }: RealtimeErrorBody): boolean => RACES.has(code ?? '');

const NO_SUCH = ['model', 'it has no such model or voice'] as const;

/** In words of ours: a service repeats keys, and what was said, in its own. */
const FAULT_OF: Readonly<Record<EngineErrorKind, readonly [fault: ProviderFault, words: string]>> = {
  throttled: ['overloaded', 'it takes no more requests now'],
  quota: ['overloaded', 'the quota of the key is used up'],
  filtered: ['refused', 'it does not talk about this'],
  'timed-out': ['timeout', 'it took too long'],
  unavailable: ['unreachable', 'it failed'],
  idle: ['timeout', 'nothing was said for too long'],
  expired: ['unreachable', 'the session has lasted as long as it may'],
  invalid: ['refused', 'it does not do what was asked'],
  denied: ['key', 'it does not take the key'],
};

export const engineErrorOfBody = (body: RealtimeErrorBody | null | undefined): EngineError => {
  const kind = KIND_OF[body?.code ?? ''] ?? KIND_OF[body?.type ?? ''] ?? 'unavailable';
  const [fault, words] = /model|voice/.test(body?.code ?? '') && kind === 'invalid' ? NO_SUCH : FAULT_OF[kind];
  return new ProviderError(fault, `The Realtime API reported an error: ${words}.`, { kind });
};

/** By the code the server closed the socket with (RFC 6455 §7.4; 3000 and 4000 are its own). */
export const engineErrorOfClose = (code: number, reason: string): EngineError => {
  const words = `The Realtime API closed the connection (${code}).`;
  if (/expired|maximum duration/i.test(reason)) return new ProviderError('unreachable', words, { kind: 'expired' });
  if (code === 3000 || code === 4001) return new ProviderError('key', words);
  if (code === 1008) return new ProviderError('refused', words);
  return new ProviderError('unreachable', words);
};
