import { newId, page } from '../connect-store.ts';
import { conflict, invalidRequest, quotaExceeded, required } from '../errors.ts';
import type { StoredIntegration } from '../records.ts';
import type { ConnectHandlers, ConnectParts } from './parts.ts';

/** Functions and bots that flows of an instance may use. */
export const integrationOperations = (parts: ConnectParts): ConnectHandlers => {
  const { store } = parts;
  const integrationsOf = (instanceId: string | undefined, kind: StoredIntegration['kind']) =>
    store.integrations(store.requireInstance(instanceId).id).filter((one) => one.kind === kind);
  const dissociate = (instanceId: string | undefined, kind: StoredIntegration['kind'], arn: string | undefined) => {
    for (const one of integrationsOf(instanceId, kind)) if (one.arn === arn) store.removeIntegration(one);
    return {};
  };
  return {
    AssociateLambdaFunction: ({ InstanceId, FunctionArn }) => {
      associate(parts, InstanceId, 'LAMBDA_FUNCTION', required(FunctionArn, 'FunctionArn'));
      return {};
    },
    DisassociateLambdaFunction: ({ InstanceId, FunctionArn }) => dissociate(InstanceId, 'LAMBDA_FUNCTION', FunctionArn),
    ListLambdaFunctions: (input) => {
      const { items, NextToken } = page(integrationsOf(input.InstanceId, 'LAMBDA_FUNCTION'), input, 25);
      return { LambdaFunctions: items.map(({ arn }) => arn), NextToken };
    },
    AssociateBot: ({ InstanceId, LexV2Bot }) => {
      if (LexV2Bot?.AliasArn === undefined) throw invalidRequest('LexV2Bot is required.');
      associate(parts, InstanceId, 'LEX_BOT', LexV2Bot.AliasArn);
      return {};
    },
    DisassociateBot: ({ InstanceId, LexV2Bot }) => dissociate(InstanceId, 'LEX_BOT', LexV2Bot?.AliasArn),
    ListBots: (input) => {
      const bots = input.LexVersion === 'V2' ? integrationsOf(input.InstanceId, 'LEX_BOT') : [];
      const { items, NextToken } = page(bots, input, 25);
      return { LexBots: items.map(({ arn }) => ({ LexV2Bot: { AliasArn: arn } })), NextToken };
    },
  };
};

const ARNS: Readonly<Record<StoredIntegration['kind'], RegExp>> = {
  LAMBDA_FUNCTION: /^arn:aws:lambda:[a-z0-9-]+:\d{12}:function:[\w-]+(:[\w$-]+)?$/,
  LEX_BOT: /^arn:aws:lex:[a-z0-9-]+:\d{12}:bot-alias\/\w+\/\w+$/,
};

/** Throws `InvalidRequestException`, `ResourceConflictException` when it is there already, `ServiceQuotaExceededException`. */
export function associate(
  { store, limits }: ConnectParts,
  instanceId: string | undefined,
  kind: StoredIntegration['kind'],
  arn: string,
): StoredIntegration {
  const instance = store.requireInstance(instanceId);
  if (!ARNS[kind].test(arn)) throw invalidRequest(`${arn} is not the ARN of a function or a bot alias.`);
  const alike = store.integrations(instance.id).filter((one) => one.kind === kind);
  if (alike.some((one) => one.arn === arn)) throw conflict(`${arn} is associated with the instance already.`);
  if (kind === 'LAMBDA_FUNCTION' && alike.length >= limits.lambdaFunctions) {
    throw quotaExceeded('The instance has reached its limit of functions.');
  }
  const integration = { instanceId: instance.id, id: newId(), kind, arn };
  store.putIntegration(integration);
  return integration;
}
