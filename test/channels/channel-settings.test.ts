import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { CHANNEL_TYPES } from '../../shared/channels/channel.ts';
import {
  CHANNEL_SETTINGS,
  plainChannel,
  settingsOf,
  WantedChannel,
  WantedChannels,
} from '../../shared/channels/channel-settings.ts';

test('a channel that is asked for by name has settings that its row gives back', () => {
  for (const channelType of CHANNEL_TYPES) {
    const { settings } = plainChannel(channelType);
    expect(settingsOf({ channelType, settings })).toEqual(settings);
  }
  expect(plainChannel('voice').settings).toEqual({
    countryCode: 'US',
    phoneNumberType: 'DID',
    dedicatedInstance: false,
  });
});

test('settings of another channel, of nobody, and of a hostile kind are refused', () => {
  const refused = [
    { channelType: 'voice', settings: { accountId: '1' } },
    { channelType: 'voice', settings: { countryCode: 'us' } },
    { channelType: 'sms', settings: { phoneNumberArn: 'not an arn' } },
    { channelType: 'whatsapp', settings: { accountId: 'a#b' } },
    { channelType: 'whatsapp', settings: { provider: 'pigeon' } },
    { channelType: 'facebook', settings: { provider: 'aws' } },
    { channelType: 'instagram', settings: { responseTemplates: { greeting: '' } } },
    { channelType: 'telegram' },
    'voice',
  ];
  expect(refused.filter((one) => WantedChannel.safeParse(one).success)).toEqual([]);
});

test('each type is wanted once', () => {
  expect(WantedChannels.safeParse([{ channelType: 'chat' }, { channelType: 'chat' }]).success).toBe(false);
  expect(WantedChannels.safeParse(CHANNEL_TYPES.map((channelType) => ({ channelType }))).success).toBe(true);
});

test('settings once read are read the same again', () => {
  const templates = fc.dictionary(fc.stringMatching(/^[a-z][a-z0-9_]{0,20}$/), fc.string({ minLength: 1 }));
  const account = fc.stringMatching(/^[A-Za-z0-9._-]{1,40}$/);
  fc.assert(
    fc.property(account, templates, fc.boolean(), (accountId, responseTemplates, autoReplyEnabled) => {
      const once = CHANNEL_SETTINGS.whatsapp.parse({ accountId, responseTemplates, autoReplyEnabled });
      expect(CHANNEL_SETTINGS.whatsapp.parse(JSON.parse(JSON.stringify(once)))).toEqual(once);
    }),
  );
});
