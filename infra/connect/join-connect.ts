import type { Construct } from 'constructs';
import { withoutConnect } from '../channels/channel-access.ts';
import type { OratioFunction } from '../kernel/oratio-function.ts';
import {
  type ConnectChannelTasks,
  grantConnectChannels,
  grantConnectNumbers,
  grantHandoff,
  withoutHandoff,
} from './connect-access.ts';
import { ConnectFunctions, type ConnectFunctionsProps } from './connect-functions.ts';

export interface JoinConnectProps extends Omit<ConnectFunctionsProps, 'connect'> {
  /** Whoever makes or takes away channels of Amazon Connect. */
  readonly channels: ConnectChannelTasks;
  /** Whoever answers customers' messages. */
  readonly answering: OratioFunction;
  /** Whoever claims, assigns and gives back telephone numbers. */
  readonly numbers: OratioFunction;
}

/** Amazon Connect where the stage has it, told to whoever deploys channels and to whoever answers; else that there is none. */
export function joinConnect(scope: Construct, { channels, answering, numbers, ...props }: JoinConnectProps): void {
  const { connect } = props.config;
  if (connect === undefined) {
    withoutConnect([channels.deploying, channels.retiring]);
    withoutHandoff(answering);
    numbers.provide('CONNECT_INSTANCE_ARN', '');
    return;
  }
  const functions = new ConnectFunctions(scope, 'Connect', { ...props, connect });
  const { instance, answerContact } = functions;
  grantConnectChannels(channels, { instance, answerContact, lexBotAliasArn: connect.lexBotAliasArn ?? '' });
  grantHandoff(answering, functions, props.apiUrl);
  grantConnectNumbers(numbers, instance);
}
