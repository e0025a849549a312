/** A message may name, and a connection may watch, so many topics. */
export const MAX_TOPICS = 50;

/** Of all audio to listeners: µ-law, as telephones speak. */
export const LISTEN_SAMPLE_RATE_HERTZ = 8000;
