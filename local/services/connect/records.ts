import type { HoursOfOperationConfig } from '@aws-sdk/client-connect';

export type Tags = Readonly<Record<string, string>>;

export interface StoredInstance {
  readonly id: string;
  readonly arn: string;
  readonly alias?: string | undefined;
  readonly identityManagementType: 'CONNECT_MANAGED' | 'EXISTING_DIRECTORY' | 'SAML';
  readonly inboundCalls: boolean;
  readonly outboundCalls: boolean;
  readonly tags: Tags;
  readonly createdAtMs: number;
  /** CREATION_IN_PROGRESS until then. */
  readonly activeAtMs: number;
}

/** What belongs to an instance and has a name in it. */
export interface Belonging {
  readonly instanceId: string;
  readonly id: string;
  readonly arn: string;
  readonly name: string;
  readonly description?: string | undefined;
  readonly tags: Tags;
  readonly updatedAtMs: number;
}

export interface StoredFlow extends Belonging {
  readonly type: string;
  readonly state: 'ACTIVE' | 'ARCHIVED';
  readonly status: 'PUBLISHED' | 'SAVED';
  /** JSON text of the flow language. */
  readonly content: string;
}

export interface StoredHours extends Belonging {
  readonly timeZone: string;
  readonly config: readonly HoursOfOperationConfig[];
}

export interface StoredQueue extends Belonging {
  readonly hoursOfOperationId: string;
  readonly maxContacts?: number | undefined;
}

export interface StoredNumber {
  readonly id: string;
  readonly arn: string;
  /** E.164. */
  readonly phoneNumber: string;
  readonly countryCode: string;
  readonly type: string;
  readonly description?: string | undefined;
  readonly targetArn: string;
  readonly instanceId: string;
  readonly flowId?: string | undefined;
  readonly tags: Tags;
  /** IN_PROGRESS until then. */
  readonly readyAtMs: number;
  /** Why it is FAILED. */
  readonly failure?: string | undefined;
  /** Of an imported number: its ARN at AWS End User Messaging. */
  readonly sourceArn?: string | undefined;
}

/** A function or a bot that the instance may use. */
export interface StoredIntegration {
  readonly instanceId: string;
  readonly id: string;
  readonly kind: 'LAMBDA_FUNCTION' | 'LEX_BOT';
  readonly arn: string;
}
