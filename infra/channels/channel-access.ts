import { ArnFormat, Stack } from 'aws-cdk-lib';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { StageConfig } from '../config.ts';
import type { OratioFunction } from '../kernel/oratio-function.ts';
import { PLATFORM_HOSTS } from '../social/platform-hosts.ts';
import { grantChannelCredentials } from '../social/social-functions.ts';

export interface SocialAccess {
  readonly config: StageConfig;
  /** Where AWS End User Messaging Social publishes WhatsApp messages. */
  readonly whatsappTopic: ITopic;
  /** Where platforms reach the API. */
  readonly apiUrl: string;
}

/** Lets a function tie channels to social platforms: with what tenants entrusted to us, and by AWS's own WhatsApp. */
export function grantSocialChannels(fn: OratioFunction, { config, whatsappTopic, apiUrl }: SocialAccess): void {
  for (const [name, value] of Object.entries(PLATFORM_HOSTS)) fn.provide(name, value);
  fn.provide('PUBLIC_API_URL', apiUrl);
  fn.provide('WHATSAPP_TOPIC_ARN', whatsappTopic.topicArn);
  grantChannelCredentials(fn, config, 'GetSecretValue');
  const accounts = Stack.of(fn).formatArn({
    service: 'social-messaging',
    resource: 'waba',
    resourceName: '*',
    arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
  });
  fn.allow(['social-messaging:ListLinkedWhatsAppBusinessAccounts'], ['*'], {
    wildcardReason: 'Listing the linked accounts has no resource to name.',
  });
  fn.allow(
    ['GetLinkedWhatsAppBusinessAccount', 'ListTagsForResource', 'PutWhatsAppBusinessAccountEventDestinations'].map(
      (action) => `social-messaging:${action}`,
    ),
    [accounts],
    { wildcardReason: 'Business accounts are linked in the console; whose one is, its tag says.' },
  );
}

/** A stage without Amazon Connect: whoever asks for such a channel is told so. */
export function withoutConnect(functions: readonly OratioFunction[]): void {
  const names = [
    'CONNECT_INSTANCE_ARN',
    'CONNECT_HOURS_ARN',
    'CONNECT_QUEUE_ARN',
    'ANSWER_CONTACT_ARN',
    'LEX_BOT_ALIAS_ARN',
  ];
  for (const fn of functions) for (const name of names) fn.provide(name, '');
}
