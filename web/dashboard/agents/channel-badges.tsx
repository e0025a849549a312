import Badge, { type BadgeProps } from '@cloudscape-design/components/badge';
import Box from '@cloudscape-design/components/box';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { Channel } from './agent-types.ts';
import { SHORT_CHANNEL_WORDS } from './words.ts';

const COLOURS: Readonly<Record<Channel['status'], NonNullable<BadgeProps['color']>>> = {
  active: 'green',
  provisioning: 'blue',
  failed: 'red',
  retiring: 'grey',
};

const ADDED: Readonly<Record<Channel['status'], string>> = {
  active: '',
  provisioning: ', being set up',
  failed: ', failed',
  retiring: ', being taken away',
};

interface Props {
  readonly channels: readonly Pick<Channel, 'channelType' | 'status'>[];
}

/** Where customers reach an agent; colour and word say how each stands. */
export function ChannelBadges({ channels }: Props) {
  if (channels.length === 0) return <Box color="text-body-secondary">API and browser only</Box>;
  return (
    <SpaceBetween direction="horizontal" size="xxs">
      {channels.map(({ channelType, status }) => (
        <Badge key={channelType} color={COLOURS[status]}>
          {SHORT_CHANNEL_WORDS[channelType]}
          {ADDED[status]}
        </Badge>
      ))}
    </SpaceBetween>
  );
}
