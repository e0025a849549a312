import Box from '@cloudscape-design/components/box';
import Checkbox from '@cloudscape-design/components/checkbox';
import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import RadioGroup from '@cloudscape-design/components/radio-group';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Toggle from '@cloudscape-design/components/toggle';
import type { ChannelType } from '../agents/agent-types.ts';
import { CHANNEL_WORDS } from '../agents/words.ts';
import { type ChannelDraft, newChannel, SETTING_FIELDS, type SettingField } from './channel-draft.ts';

const ABOUT: Readonly<Record<ChannelType, string>> = {
  voice: 'A telephone number is claimed for the agent.',
  sms: 'Text messages to a number of yours.',
  chat: 'A chat for your website.',
  whatsapp: 'A WhatsApp business number of yours.',
  instagram: 'Direct messages to your Instagram account.',
  facebook: 'Messages to your page.',
  twitter: 'Direct messages to your account on X.',
};

const TYPES = Object.keys(ABOUT) as ChannelType[];

interface ChannelsFormProps {
  readonly channels: readonly ChannelDraft[];
  readonly onChange: (channels: readonly ChannelDraft[]) => void;
  /** By channel, then by field. */
  readonly faults: Readonly<Partial<Record<ChannelType, Readonly<Record<string, string>>>>>;
}

/** Where customers reach the agent, each channel with its settings. */
export function ChannelsForm({ channels, onChange, faults }: ChannelsFormProps) {
  const toggle = (channelType: ChannelType, isOn: boolean): void =>
    onChange(
      isOn ? [...channels, newChannel(channelType)] : channels.filter((channel) => channel.channelType !== channelType),
    );
  return (
    <SpaceBetween size="m">
      {TYPES.map((channelType) => {
        const channel = channels.find((one) => one.channelType === channelType);
        return (
          <Container
            key={channelType}
            header={
              <Header
                variant="h2"
                description={ABOUT[channelType]}
                actions={
                  <Toggle
                    checked={channel !== undefined}
                    ariaLabel={CHANNEL_WORDS[channelType]}
                    onChange={({ detail }) => toggle(channelType, detail.checked)}
                  />
                }
              >
                {CHANNEL_WORDS[channelType]}
              </Header>
            }
          >
            {channel === undefined ? (
              <Box color="text-body-secondary">Off</Box>
            ) : (
              <ChannelFields
                channel={channel}
                faults={faults[channelType] ?? {}}
                onChange={(changed) =>
                  onChange(channels.map((one) => (one.channelType === channelType ? changed : one)))
                }
              />
            )}
          </Container>
        );
      })}
    </SpaceBetween>
  );
}

interface ChannelFieldsProps {
  readonly channel: ChannelDraft;
  readonly faults: Readonly<Record<string, string>>;
  readonly onChange: (channel: ChannelDraft) => void;
}

/** The settings of one channel. */
function ChannelFields({ channel, faults, onChange }: ChannelFieldsProps) {
  return (
    <SpaceBetween size="m">
      {SETTING_FIELDS[channel.channelType].map((field) => (
        <Setting
          key={field.name}
          field={field}
          value={channel.settings[field.name] ?? field.preset}
          fault={faults[field.name]}
          onChange={(value) => onChange({ ...channel, settings: { ...channel.settings, [field.name]: value } })}
        />
      ))}
    </SpaceBetween>
  );
}

interface SettingProps {
  readonly field: SettingField;
  readonly value: string | boolean;
  readonly fault: string | undefined;
  readonly onChange: (value: string | boolean) => void;
}

function Setting({ field: { kind, label, hint, choices = [] }, value, fault, onChange }: SettingProps) {
  if (kind === 'switch') {
    return (
      <Checkbox checked={value === true} description={hint} onChange={({ detail }) => onChange(detail.checked)}>
        {label}
      </Checkbox>
    );
  }
  return (
    <FormField label={label} description={hint} errorText={fault}>
      {kind === 'text' ? (
        <Input value={String(value)} onChange={({ detail }) => onChange(detail.value)} />
      ) : (
        <RadioGroup value={String(value)} items={[...choices]} onChange={({ detail }) => onChange(detail.value)} />
      )}
    </FormField>
  );
}
