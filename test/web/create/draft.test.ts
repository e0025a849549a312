import { expect, test } from 'vitest';
import { CreateAgentBody } from '../../../shared/agents/agent-requests.ts';
import { CHANNEL_TYPES } from '../../../shared/channels/channel.ts';
import { CHANNEL_SETTINGS } from '../../../shared/channels/channel-settings.ts';
import { draftOf, newChannel, SETTING_FIELDS, toWanted } from '../../../web/dashboard/create/channel-draft.ts';
import {
  bodyOf,
  type Draft,
  EMPTY_DRAFT,
  faultsOf,
  faultsOfProblem,
  STEPS,
  stepOf,
} from '../../../web/dashboard/create/draft.ts';

const file = (path: string) => ({ path, file: new File(['text'], path) });

const DRAFT: Draft = {
  ...EMPTY_DRAFT,
  agentName: ' Cozy ',
  sop: 'Greet the customer.',
  files: [file('policies/returns.md'), file('faq.md')],
  descriptions: { policies: 'Terms', 'faq.md': 'Questions' },
  channels: [
    newChannel('voice'),
    { channelType: 'whatsapp', settings: { accountId: '1234', autoReplyEnabled: false } },
  ],
};

test('what the wizard sends is what the API takes', () => {
  const body = bodyOf(DRAFT);
  expect({ body, parses: CreateAgentBody.safeParse(body).success }).toEqual({
    parses: true,
    body: {
      agentName: 'Cozy',
      agentType: 'both',
      sop: 'Greet the customer.',
      knowledgeBaseDescription: '',
      humanHandoffDescription: '',
      folderFileDescriptions: { policies: { 'returns.md': 'Terms' }, 'faq.md': 'Questions' },
      files: [
        { path: 'policies/returns.md', sizeBytes: 4 },
        { path: 'faq.md', sizeBytes: 4 },
      ],
      channels: [
        { channelType: 'voice', settings: { countryCode: 'US', phoneNumberType: 'DID', dedicatedInstance: false } },
        { channelType: 'whatsapp', settings: { accountId: '1234', autoReplyEnabled: false } },
      ],
    },
  });
});

test('nothing is said yet: each step says what it needs', () => {
  const draft = {
    ...EMPTY_DRAFT,
    files: [file('a.md')],
    channels: [{ channelType: 'sms' as const, settings: { queueArn: 'no' } }],
  };
  expect(Object.fromEntries(STEPS.map((step) => [step, faultsOf(step, draft)]))).toEqual({
    basics: { '/agentName': 'Give the agent a name.' },
    sop: { '/sop': 'Write down how the agent is to work, or load it from a file.' },
    files: { '/files/0': 'Say what is in it, or describe its folder.' },
    channels: { '/channels/0/settings/queueArn': 'This is not an ARN.' },
    review: {},
  });
});

test('what the API refuses is shown at its field, in its step', () => {
  const errors = [
    { pointer: '/folderFileDescriptions/faq.md', message: 'The description is empty.' },
    { pointer: '/channels/1/settings/accountId', message: 'must be an id of the platform' },
    { pointer: '/sop', message: 'The SOP is empty.' },
  ];
  const faults = faultsOfProblem(errors, DRAFT);
  expect(Object.entries(faults).map(([pointer, message]) => [stepOf(pointer), pointer, message])).toEqual([
    ['files', '/files/1', 'The description is empty.'],
    ['channels', '/channels/1/settings/accountId', 'must be an id of the platform'],
    ['sop', '/sop', 'The SOP is empty.'],
  ]);
});

test.each(CHANNEL_TYPES)(
  'the settings of %s that are shown are settings of the API, and so are their presets',
  (type) => {
    const shown = SETTING_FIELDS[type].map(({ name }) => name);
    const taken = Object.keys(CHANNEL_SETTINGS[type].shape);
    const [wanted] = toWanted([newChannel(type)]);
    const settings = typeof wanted === 'object' ? wanted.settings : undefined;
    expect({
      unknown: shown.filter((name) => !taken.includes(name)),
      parses: CHANNEL_SETTINGS[type].safeParse(settings).success,
    }).toEqual({ unknown: [], parses: true });
  },
);

test('settings that no form shows stay when the channel is saved again', () => {
  const settings = { accountId: '77', autoReplyEnabled: true, responseTemplates: { greeting: 'Hello' } };
  const [saved] = toWanted([draftOf({ channelType: 'instagram', settings })], { instagram: settings });
  expect(saved).toEqual({ channelType: 'instagram', settings });
});
