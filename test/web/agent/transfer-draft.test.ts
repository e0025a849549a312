import { expect, test } from 'vitest';
import { VoiceSettings } from '../../../shared/voice/voice-settings.ts';
import { transferDraftOf, withTransfer } from '../../../web/dashboard/agent/transfer-draft.ts';

const hours = { opens: '09:00', closes: '17:00' };
const settings = {
  ...VoiceSettings.parse({ greeting: 'Hello.', transfer: { phoneNumber: '+12025550142', ringSeconds: 40, hours } }),
  apiKeys: { openai: { lastFour: '1234' } },
};

test('what is shown and saved unchanged leaves the settings as they are, and keys alone', () => {
  const { apiKeys: _, ...own } = settings;
  expect(withTransfer(settings, transferDraftOf(settings.transfer))).toEqual(own);
});

test('hours outlast a change of the number; without number and chat nobody is dialled', () => {
  const changed = withTransfer(settings, { phoneNumber: ' +13125550100 ', chatUrl: '', ringSeconds: '10' });
  expect([changed.transfer, changed.greeting]).toEqual([
    { phoneNumber: '+13125550100', ringSeconds: 10, hours: settings.transfer?.hours },
    'Hello.',
  ]);
  expect(withTransfer(settings, { phoneNumber: '', chatUrl: ' ', ringSeconds: '10' })).not.toHaveProperty('transfer');
});

test('an agent that passes nobody on is shown as such', () => {
  expect(transferDraftOf(undefined)).toEqual({ phoneNumber: '', chatUrl: '', ringSeconds: '25' });
});
