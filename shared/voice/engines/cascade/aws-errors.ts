import { engineErrorOf } from '../nova-sonic/errors.ts';
import { EngineError, type EngineErrorKind } from '../speech-engine.ts';

/** What Transcribe, Polly and Converse throw besides the names they share with other services. */
const KIND_OF: Readonly<Record<string, EngineErrorKind>> = {
  BadRequestException: 'invalid',
  LimitExceededException: 'quota',
  InternalFailureException: 'unavailable',
  ServiceFailureException: 'unavailable',
  TextLengthExceededException: 'invalid',
  InvalidSsmlException: 'invalid',
  InvalidSampleRateException: 'invalid',
  LanguageNotSupportedException: 'invalid',
  EngineNotSupportedException: 'invalid',
};

/** An exception of an AWS service as the port knows it. Transcribe ends a stream without audio after 15 s. */
export const awsEngineError = (error: unknown): EngineError => {
  if (error instanceof Error && !(error instanceof EngineError)) {
    const isIdle = error.name === 'BadRequestException' && /no new audio|timed out/i.test(error.message);
    const kind = isIdle ? 'idle' : KIND_OF[error.name];
    if (kind) return new EngineError(kind, error.message, { cause: error });
  }
  return engineErrorOf(error, 0);
};
