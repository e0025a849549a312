import { expect, test } from 'vitest';
import { fromProvider } from '../../shared/telephony/provider.ts';
import { twilioAccountOf } from '../../shared/telephony/twilio-account-secrets-manager.ts';

const ACCOUNT = { accountSid: `AC${'0'.repeat(32)}`, authToken: 'a'.repeat(32) };

test('the account is read once in five minutes, so that a rotated key is noticed', async () => {
  const time = { nowMs: 0 };
  const read: string[] = [];
  const account = twilioAccountOf(
    'oratio-dev/twilio',
    async (name) => {
      read.push(name);
      return JSON.stringify(ACCOUNT);
    },
    () => time.nowMs,
  );
  const answers = [await account(), await account()];
  time.nowMs = 300_000;
  answers.push(await account());
  expect({ answers, read: read.length }).toEqual({ answers: [ACCOUNT, ACCOUNT, ACCOUNT], read: 2 });
});

test('a stage whose secret nobody has made yet has no telephone; any other failure is passed on', async () => {
  const failing = (name: string) =>
    twilioAccountOf('oratio-dev/twilio', async () => {
      throw Object.assign(new Error('no'), { name });
    });
  await expect(fromProvider(failing('ResourceNotFoundException')())).rejects.toMatchObject({
    code: 'telephony-not-configured',
  });
  await expect(failing('AccessDeniedException')()).rejects.toMatchObject({ name: 'AccessDeniedException' });
});
