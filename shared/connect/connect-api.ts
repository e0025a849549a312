import type { Flow } from './flow/flow-language.ts';

/** Tags of everything made for an agent. */
export type ConnectTags = Readonly<Record<string, string>>;

export interface ClaimedNumber {
  readonly status: 'in-progress' | 'claimed' | 'failed';
  /** E.164. */
  readonly phoneNumber: string;
  readonly countryCode?: string;
  readonly phoneNumberType?: string;
  /** ARN of the instance it belongs to. */
  readonly instanceArn: string;
  /** Of a number that was brought from AWS End User Messaging. */
  readonly sourceArn?: string;
  readonly tags: ConnectTags;
  readonly message?: string;
}

export interface ConnectInstance {
  readonly status: 'in-progress' | 'active' | 'failed';
  readonly message?: string;
}

/** What a number is wanted for. `token` makes the same claim twice the same number. */
export interface WantedNumber {
  readonly instanceArn: string;
  readonly token: string;
  readonly description: string;
  readonly tags: ConnectTags;
}

/**
 * Amazon Connect, as channels need it. Removing is idempotent; what is asked for twice is there once. Throws
 * `ConnectRefusal` for what asking again cannot mend; everything else, throttling among it, may be tried again.
 */
export interface ConnectApi {
  readonly createInstance: (wanted: {
    readonly alias: string;
    readonly token: string;
    readonly tags: ConnectTags;
  }) => Promise<string>;
  readonly describeInstance: (instanceArn: string) => Promise<ConnectInstance | undefined>;
  readonly deleteInstance: (instanceArn: string, token: string) => Promise<void>;
  /** The hours and the queue that every instance begins with. */
  readonly defaultsOf: (
    instanceArn: string,
  ) => Promise<{ readonly hoursOfOperationArn: string; readonly queueArn: string }>;
  readonly associateLambda: (instanceArn: string, functionArn: string) => Promise<void>;
  readonly associateBot: (instanceArn: string, lexBotAliasArn: string) => Promise<void>;
  /** The flow of this name with this content, made or changed; its ARN. */
  readonly ensureFlow: (
    instanceArn: string,
    wanted: { readonly name: string; readonly description: string; readonly flow: Flow; readonly tags: ConnectTags },
  ) => Promise<string>;
  /** False when the flow is not there. */
  readonly updateFlow: (contactFlowArn: string, flow: Flow) => Promise<boolean>;
  readonly deleteFlow: (contactFlowArn: string) => Promise<void>;
  /** Numbers that can be claimed now, best first. */
  readonly searchNumbers: (wanted: {
    readonly instanceArn: string;
    readonly countryCode: string;
    readonly phoneNumberType: 'DID' | 'TOLL_FREE';
  }) => Promise<readonly string[]>;
  /** Connect's id of the number; undefined when somebody else was faster. */
  readonly claimNumber: (wanted: WantedNumber & { readonly phoneNumber: string }) => Promise<string | undefined>;
  /** Brings a number of AWS End User Messaging; Connect's id of it. */
  readonly importNumber: (wanted: WantedNumber & { readonly sourceArn: string }) => Promise<string>;
  readonly describeNumber: (phoneNumberId: string) => Promise<ClaimedNumber | undefined>;
  /** Connect's id of a number of an instance. */
  readonly findNumber: (instanceArn: string, phoneNumber: string) => Promise<string | undefined>;
  readonly connectNumber: (phoneNumberId: string, contactFlowArn: string) => Promise<void>;
  readonly disconnectNumber: (phoneNumberId: string, instanceArn: string) => Promise<void>;
  readonly releaseNumber: (phoneNumberId: string, token: string) => Promise<void>;
}

/** Amazon Connect does not do what was asked, and never will as it was asked. */
export class ConnectRefusal extends Error {
  readonly reason: 'quota' | 'flow-rejected' | 'refused';

  constructor(reason: ConnectRefusal['reason'], message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'ConnectRefusal';
    this.reason = reason;
  }
}

/** `…:instance/{id}`, of an instance's ARN or of anything within it; its id is what most operations ask for. */
export const instanceIdOf = (arn: string): string => /:instance\/([^/]+)/.exec(arn)?.[1] ?? arn;

/** The last part of an ARN: `…/contact-flow/{id}`. */
export const idOf = (arn: string): string => arn.slice(arn.lastIndexOf('/') + 1);
