declare module '*.css';
/** Addresses of the audio worklets; the build puts them in. */
declare const ORATIO_WORKLETS: Readonly<Record<'playback' | 'capture', string>>;
