/** Executions of the provisioning state machine. */
export interface Executions {
  /** By name; nothing happens when it has ended or never began. */
  readonly stop: (name: string, reason: string) => Promise<void>;
}
