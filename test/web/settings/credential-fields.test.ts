import { expect, test } from 'vitest';
import {
  CREDENTIAL_PLATFORMS,
  MetaCredentials,
  TwitterCredentials,
} from '../../../shared/social/channel-credentials.ts';
import {
  errorsByField,
  keptText,
  missingFields,
  PLATFORM_FORMS,
  typedIn,
} from '../../../web/dashboard/settings/credential-fields.ts';

const formOf = (platform: string) => {
  const form = PLATFORM_FORMS.find((one) => one.platform === platform);
  if (!form) throw new Error(`no form of ${platform}`);
  return form;
};

test('there is a form for every platform, with every field that the API takes in one line', () => {
  expect(PLATFORM_FORMS.map(({ platform }) => platform)).toEqual([...CREDENTIAL_PLATFORMS]);
  const namesOf = (platform: string): string[] => formOf(platform).fields.map(({ name }) => name);
  expect(namesOf('meta').toSorted()).toEqual(
    Object.keys(MetaCredentials.shape)
      .filter((name) => name !== 'accounts')
      .toSorted(),
  );
  expect(namesOf('twitter').toSorted()).toEqual(
    Object.keys(TwitterCredentials.shape)
      .filter((name) => name !== 'accounts')
      .toSorted(),
  );
});

test('what is left empty is not sent, and what is needed is asked for', () => {
  const values = { appSecret: ' 12345678 ', verifyToken: '  ', appId: '' };
  expect([typedIn(values), missingFields(formOf('meta'), values)]).toEqual([
    { appSecret: '12345678' },
    ['verifyToken'],
  ]);
});

test('a refusal is shown where it belongs, and accounts are told in words', () => {
  expect(errorsByField([{ pointer: '/appId', message: 'digits only' }])).toEqual({ appId: 'digits only' });
  expect(keptText({ '17': { accessToken: '…abcd' } })).toBe('17: accessToken: …abcd');
});
