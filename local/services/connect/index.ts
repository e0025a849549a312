import * as client from '@aws-sdk/client-connect';
import { defineSchemaService } from '../../core/schema-service.ts';
import type { AwsService, CloudContext } from '../../core/service.ts';
import { makeConnectStore } from './connect-store.ts';
import { ContactDesk, type DeskDependencies } from './contacts/contact-desk.ts';
import {
  type ConnectLatencies,
  type ConnectLimits,
  DEFAULT_CONNECT_LATENCIES,
  DEFAULT_CONNECT_LIMITS,
} from './limits.ts';
import { needsOf } from './needs.ts';
import { contactOperations } from './operations/contact-operations.ts';
import { flowOperations } from './operations/flow-operations.ts';
import { instanceOperations } from './operations/instance-operations.ts';
import { integrationOperations } from './operations/integration-operations.ts';
import { numberOperations } from './operations/number-operations.ts';
import type { ConnectParts } from './operations/parts.ts';
import { queueOperations } from './operations/queue-operations.ts';
import { taggedBy, tagOperations } from './operations/tag-operations.ts';
import { connectProviders } from './providers.ts';

export interface ConnectOptions extends Pick<DeskDependencies, 'lambda' | 'sns'> {
  readonly latencies?: Partial<ConnectLatencies>;
}

/** The embedded Amazon Connect, with its contacts for whoever plays customers and agents. */
export interface EmbeddedConnect extends AwsService {
  readonly desk: ContactDesk;
  /** May be changed while the cloud runs. */
  readonly limits: ConnectLimits;
}

/**
 * Amazon Connect: instances, flows (checked, and run for every contact), numbers, queues, hours of operation, chats and
 * calls. No agents' workspace, no Lex, no metrics: a test plays the agent and scripts the bot.
 */
export function makeConnect(context: CloudContext, { lambda, sns, latencies }: ConnectOptions): EmbeddedConnect {
  const store = makeConnectStore(context);
  const desk = new ContactDesk({ context, store, lambda, sns });
  const limits: ConnectLimits = { ...DEFAULT_CONNECT_LIMITS };
  const parts: ConnectParts = {
    context,
    store,
    desk,
    limits,
    latencies: { ...DEFAULT_CONNECT_LATENCIES, ...latencies },
  };
  return {
    ...defineSchemaService({
      name: 'connect',
      signingName: 'connect',
      client,
      operations: {
        ...instanceOperations(parts),
        ...flowOperations(parts),
        ...integrationOperations(parts),
        ...numberOperations(parts),
        ...queueOperations(parts),
        ...contactOperations(parts),
        ...tagOperations(store),
      },
      needs: (operation, input) => needsOf(context, (arn) => taggedBy(store, arn)?.tags ?? {}, operation, input),
      resources: connectProviders(parts),
    }),
    desk,
    limits,
    inventory: async () => [
      ...store
        .instances()
        .flatMap(({ id, arn }) => [
          arn,
          ...store.flows.all(id).map((flow) => flow.arn),
          ...store.queues.all(id).map((queue) => queue.arn),
          ...store.hours.all(id).map((hours) => hours.arn),
          ...store.integrations(id).map((one) => `${arn}/integration-association/${one.id} ${one.arn}`),
        ]),
      ...store.numbers().map((number) => number.arn),
      ...desk.openContacts().map((contact) => contact.arn),
    ],
    resume: () => desk.resume(),
    close: async () => desk.close(),
  };
}
