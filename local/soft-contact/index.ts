import type { StoredContact } from '../services/connect/contacts/contact.ts';
import type { Bot } from '../services/connect/contacts/contact-desk.ts';
import type { EmbeddedConnect } from '../services/connect/index.ts';
import type { ConnectLimits } from '../services/connect/limits.ts';
import type { StoredNumber } from '../services/connect/records.ts';
import { type SoftQueue, softQueue } from './soft-agent.ts';
import { refusedCall, type SoftCall, softCall } from './soft-call.ts';
import { type SoftTexts, softTexts } from './soft-texts.ts';

export interface Dialled {
  /** E.164, or `anonymous` for a withheld number. */
  readonly from: string;
  /** E.164; a number that an instance has claimed. */
  readonly to: string;
}

/** The people around the embedded Amazon Connect: who calls, who texts, and who sits at a queue. */
export interface LocalConnect {
  /** Calls a number; settles when the flow waits for the caller, has queued the call or has ended it. */
  readonly dial: (call: Dialled) => Promise<SoftCall>;
  /** Takes up the outbound call that rings (or will ring) at a number. */
  readonly pickUp: (number: string) => Promise<SoftCall>;
  /** Text messages with a number of an instance. */
  readonly text: (between: Dialled) => SoftTexts;
  /** The agents' side of a queue, by name, id or ARN. */
  readonly queue: (nameOrId: string) => SoftQueue;
  /** A contact by id, whichever way it began. Throws `ResourceNotFoundException`. */
  readonly contact: (contactId: string) => SoftCall;
  /** Scripts a Lex bot; the flow's instance must be associated with it. */
  readonly bot: (aliasArn: string, answer: Bot) => void;
  /** Quotas, which a test may lower. */
  readonly limits: ConnectLimits;
}

export function makeLocalConnect({ desk, limits }: Pick<EmbeddedConnect, 'desk' | 'limits'>): LocalConnect {
  const { store } = desk.dependencies;
  const answering = (to: string): StoredNumber | undefined =>
    store
      .numbers()
      .find(
        ({ phoneNumber, readyAtMs, failure }) => phoneNumber === to && desk.now >= readyAtMs && failure === undefined,
      );
  const flowBehind = (to: string) => {
    const number = answering(to);
    const flow = number?.flowId === undefined ? undefined : store.flows.find(number.instanceId, number.flowId);
    return flow?.state === 'ACTIVE' && flow.status === 'PUBLISHED' ? flow : undefined;
  };
  const ringingAt = (number: string): StoredContact | undefined =>
    desk.openContacts().find(({ isRinging, customer }) => isRinging === true && customer?.Address === number);
  return {
    limits,
    dial: async ({ from, to }) => {
      const flow = flowBehind(to);
      if (flow === undefined) return refusedCall(answering(to) ? 'no-flow' : 'no-such-number');
      const contact = desk.open({
        flow,
        instanceId: flow.instanceId,
        channel: 'VOICE',
        initiation: 'INBOUND',
        subtype: 'connect:Telephony',
        customer: { Type: 'TELEPHONE_NUMBER', Address: from },
        system: { Type: 'TELEPHONE_NUMBER', Address: to },
      });
      await desk.start(contact.id);
      return softCall(desk, contact.id);
    },
    pickUp: async (number) => {
      const { id } = await desk.until(() => ringingAt(number));
      desk.change(id, () => ({ isRinging: false }));
      await desk.start(id);
      return softCall(desk, id);
    },
    text: ({ from, to }) => softTexts(desk, { from, to, flow: () => flowBehind(to) }),
    queue: (nameOrId) => softQueue(desk, nameOrId),
    contact: (contactId) => {
      desk.contacts.require(contactId);
      return softCall(desk, contactId);
    },
    bot: (aliasArn, answer) => void desk.bots.set(aliasArn, answer),
  };
}
