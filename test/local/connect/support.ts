import { AssociateLambdaFunctionCommand, ConnectClient, CreateContactFlowCommand } from '@aws-sdk/client-connect';
import { ConnectParticipantClient } from '@aws-sdk/client-connectparticipant';
import type { FunctionResult, JsonObject } from '../../../local/core/service.ts';
import { makeConnect } from '../../../local/services/connect/index.ts';
import { makeConnectParticipant } from '../../../local/services/connectparticipant/index.ts';
import { makeSns } from '../../../local/services/sns/index.ts';
import { makeLocalConnect } from '../../../local/soft-contact/index.ts';
import { declare, hostServices } from '../support/service-host.ts';

export const FUNCTION = 'arn:aws:lambda:us-east-1:111122223333:function:answer';

/** What a scripted function answers to an event of a flow. */
export type Answer = (event: ContactFlowEvent) => unknown;

export interface ContactFlowEvent {
  readonly Name: string;
  readonly Details: { readonly ContactData: JsonObject; readonly Parameters: Readonly<Record<string, string>> };
}

export interface Scripted {
  events: ContactFlowEvent[];
  callers: unknown[];
  answer: Answer;
  streamed: unknown[];
}

/** The embedded Connect behind a real gateway, its functions and topics scripted, on a clock that the test moves. */
export const hostConnect = async (options: { policy?: JsonObject[]; dataDir?: string } = {}) => {
  const script: Scripted = { events: [], callers: [], answer: () => ({}), streamed: [] };
  const invoke = async (_: string, payload: string, caller?: unknown): Promise<FunctionResult> => {
    script.events.push(JSON.parse(payload) as ContactFlowEvent);
    script.callers.push(caller);
    const answer = await script.answer(JSON.parse(payload) as ContactFlowEvent);
    return answer instanceof Error
      ? { payload: JSON.stringify({ errorMessage: answer.message }), functionError: 'Unhandled' }
      : { payload: JSON.stringify(answer) };
  };
  const lambda = {
    invoke,
    invokeLater: (_: string, payload: string) => {
      const { Records } = JSON.parse(payload) as { Records: { Sns: { Message: string } }[] };
      script.streamed.push(...Records.map(({ Sns }) => JSON.parse(Sns.Message) as unknown));
    },
  };
  const host = await hostServices({
    ...options,
    make: (context) => {
      const sns = makeSns(context, { lambda });
      const connect = makeConnect(context, { lambda, sns });
      return { sns, connect, participant: makeConnectParticipant(connect.desk) };
    },
  });
  return {
    ...host,
    script,
    people: makeLocalConnect(host.services.connect),
    connect: new ConnectClient(host.root),
    participant: new ConnectParticipantClient(host.root),
    asRole: new ConnectClient(host.role),
    /** An active instance, as the template declares one. */
    instance: async (alias = 'shop') => {
      const declared = { IdentityManagementType: 'CONNECT_MANAGED', InstanceAlias: alias };
      const made = declare(host.services.connect, 'AWS::Connect::Instance', alias, {
        ...declared,
        Attributes: { InboundCalls: true, OutboundCalls: true },
      });
      await host.clock.advance(1000);
      const { ref, attributes } = await made;
      return { arn: ref, id: attributes.Id ?? '' };
    },
  };
};

export type ConnectHost = Awaited<ReturnType<typeof hostConnect>>;

type Branches = Readonly<Record<string, string>>;

/** An action in few words: where it goes on, by error and by condition. */
export const action = (
  Identifier: string,
  Type: string,
  Parameters: object,
  NextAction?: string,
  errors: Branches = {},
  conditions: Branches = {},
) => ({
  Identifier,
  Type,
  Parameters,
  Transitions: {
    ...(NextAction === undefined ? {} : { NextAction }),
    Errors: Object.entries(errors).map(([ErrorType, next]) => ({ ErrorType, NextAction: next })),
    Conditions: Object.entries(conditions).map(([operand, next]) => ({
      NextAction: next,
      Condition: { Operator: 'Equals', Operands: [operand] },
    })),
  },
});

export const bye = action('bye', 'DisconnectParticipant', {});

export const say = (id: string, Text: string, next: string) => action(id, 'MessageParticipant', { Text }, next);

export const flowOf = (...Actions: readonly { readonly Identifier: string }[]) => ({
  Version: '2019-10-30',
  StartAction: Actions[0]?.Identifier,
  Actions,
});

/** Stores a flow and lets it use the scripted function. */
export const publish = async ({ connect }: ConnectHost, InstanceId: string, flow: object, Name = 'Answer') => {
  await connect.send(new AssociateLambdaFunctionCommand({ InstanceId, FunctionArn: FUNCTION })).catch(() => undefined);
  const Content = JSON.stringify(flow);
  const made = await connect.send(new CreateContactFlowCommand({ InstanceId, Name, Type: 'CONTACT_FLOW', Content }));
  return made.ContactFlowId ?? '';
};
