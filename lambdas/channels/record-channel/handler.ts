import { dynamoChannelStore } from '../../../shared/channels/channels-dynamodb.ts';
import { RecordChannelEnv, recordChannel } from '../../../shared/channels/record-channel.ts';
import { parseEnv } from '../../../shared/kernel/env.ts';
import { systemClock } from '../../../shared/kernel/real-dependencies.ts';

export const handler = recordChannel({ channels: dynamoChannelStore(parseEnv(RecordChannelEnv)), clock: systemClock });
