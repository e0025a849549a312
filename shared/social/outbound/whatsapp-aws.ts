/** WhatsApp through AWS End User Messaging Social. */
export interface AwsWhatsApp {
  /** `message` as the Cloud API takes it. Throws `SendError`. */
  readonly send: (originationId: string, message: Readonly<Record<string, unknown>>) => Promise<void>;
  /** The number with this phone number id of Meta's, linked to the account we run in. */
  readonly findNumber: (metaPhoneNumberId: string) => Promise<LinkedNumber | undefined>;
  /** Lets the number's business account publish to this topic, where it publishes nowhere yet. */
  readonly publishTo: (number: LinkedNumber, topicArn: string) => Promise<void>;
}

export interface LinkedNumber {
  /** AWS's id of the number. */
  readonly phoneNumberId: string;
  /** AWS's id of the WhatsApp Business Account. */
  readonly accountId: string;
  /** Where the account publishes: ARNs. */
  readonly destinations: readonly string[];
  /** Tags of the account; `userId` says whose it is. */
  readonly tags: Readonly<Record<string, string>>;
}
