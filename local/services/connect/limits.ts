/** Quotas of an account and of each instance; tests may lower them while the cloud runs. */
export interface ConnectLimits {
  /** Instances an account. */
  instances: number;
  /** Claimed numbers an instance. */
  phoneNumbers: number;
  queues: number;
  contactFlows: number;
  lambdaFunctions: number;
  /** Chats at the same time. */
  concurrentChats: number;
}

/** Defaults of Amazon Connect (administrator guide, "Amazon Connect service quotas", 2026-11). */
export const DEFAULT_CONNECT_LIMITS: ConnectLimits = {
  instances: 2,
  phoneNumbers: 5,
  queues: 50,
  contactFlows: 100,
  lambdaFunctions: 50,
  concurrentChats: 100,
};

/** Milliseconds on the cloud's clock; AWS takes a minute for an instance and seconds for a number. */
export interface ConnectLatencies {
  readonly instanceMs: number;
  readonly phoneNumberMs: number;
}

export const DEFAULT_CONNECT_LATENCIES: ConnectLatencies = { instanceMs: 300, phoneNumberMs: 100 };
