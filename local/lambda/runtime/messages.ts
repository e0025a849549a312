/** What the embedded Lambda and a function's process say to each other over Node's IPC channel. */
export interface InvokeMessage {
  readonly requestId: string;
  /** JSON text. */
  readonly event: string;
  /** By the machine's clock. */
  readonly deadlineMs: number;
  /** What the cloud's clock shows now. */
  readonly cloudNowMs: number;
  readonly functionArn: string;
}

export interface ErrorDocument {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace?: readonly string[];
}

export type ProcessMessage =
  | { readonly kind: 'ready' }
  | { readonly kind: 'init-error'; readonly error: ErrorDocument }
  | { readonly kind: 'result'; readonly requestId: string; readonly payload: string }
  | { readonly kind: 'error'; readonly requestId: string; readonly error: ErrorDocument };
