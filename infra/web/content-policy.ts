/** Everything that the dashboard may load or talk to besides its own origin. */
export interface ContentSources {
  /** `https://…` and `wss://…` it may send to: sign-in, live data, presigned uploads and downloads. */
  readonly connect: readonly string[];
  /** Recordings are played from here. */
  readonly media: readonly string[];
}

/**
 * The Content-Security-Policy. Scripts and styles are files of ours and nothing inline; React sets single properties of
 * elements through the object model, which needs no permission.
 */
export const contentSecurityPolicy = ({ connect, media }: ContentSources): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "font-src 'self'",
    "img-src 'self' data: blob:",
    `media-src 'self' blob: ${media.join(' ')}`,
    `connect-src 'self' ${connect.join(' ')}`,
    "worker-src 'self'",
    "frame-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "object-src 'none'",
  ].join('; ');
