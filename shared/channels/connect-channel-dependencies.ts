import type * as z from 'zod';
import { connectApi } from '../connect/connect-api-connect.ts';
import { connectDeployer } from '../connect/connect-deployer.ts';
import type { ChannelDeployer } from './channel-deployer.ts';
import type { ConnectChannelEnv } from './channel-env.ts';
import { dynamoChannelStore } from './channels-dynamodb.ts';

/** Telephone numbers, SMS and chats by Amazon Connect. */
export const connectDeployerOf = (env: z.output<typeof ConnectChannelEnv>): ChannelDeployer =>
  connectDeployer({
    connect: connectApi(),
    accounts: dynamoChannelStore(env),
    shared: sharedInstanceOf(env),
    functionArn: env.ANSWER_CONTACT_ARN,
    ...(env.LEX_BOT_ALIAS_ARN === '' ? {} : { lexBotAliasArn: env.LEX_BOT_ALIAS_ARN }),
    prefix: env.RESOURCE_PREFIX,
    stage: env.STAGE,
  });

const sharedInstanceOf = (env: z.output<typeof ConnectChannelEnv>) =>
  env.CONNECT_INSTANCE_ARN === ''
    ? undefined
    : {
        instanceArn: env.CONNECT_INSTANCE_ARN,
        hoursOfOperationArn: env.CONNECT_HOURS_ARN,
        queueArn: env.CONNECT_QUEUE_ARN,
      };
