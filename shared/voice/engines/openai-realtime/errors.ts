import { EngineError, type EngineErrorKind } from '../speech-engine.ts';
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

export const engineErrorOfBody = (body: RealtimeErrorBody | null | undefined): EngineError => {
  const kind = KIND_OF[body?.code ?? ''] ?? KIND_OF[body?.type ?? ''] ?? 'unavailable';
  return new EngineError(kind, body?.message ?? 'The Realtime API reported an error without words.');
};

/** By the code the server closed the socket with (RFC 6455 §7.4; 3000 and 4000 are its own). */
export const engineErrorOfClose = (code: number, reason: string): EngineError => {
  const words = reason === '' ? `The Realtime API closed the connection (${code}).` : reason;
  if (/expired|maximum duration/i.test(reason)) return new EngineError('expired', words);
  if (code === 3000 || code === 4001) return new EngineError('denied', words);
  if (code === 1008) return new EngineError('invalid', words);
  return new EngineError('unavailable', words);
};
