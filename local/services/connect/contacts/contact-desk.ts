import { randomBytes } from 'node:crypto';
import { AwsError, type CloudContext, type LambdaService } from '../../../core/service.ts';
import type { EmbeddedSns } from '../../sns/index.ts';
import { type ConnectStore, newId } from '../connect-store.ts';
import { invalidRequest } from '../errors.ts';
import type { StoredFlow } from '../records.ts';
import {
  attributeBytes,
  CONNECT,
  type ContactItem,
  EVENT,
  isOver,
  MOST_ATTRIBUTE_BYTES,
  type Participant,
  type Role,
  type StoredContact,
} from './contact.ts';
import { contactStore } from './contact-store.ts';
import { LiveContact } from './live-contact.ts';
import { runFlow } from './run-flow.ts';

/** What a scripted bot of a test makes of what it hears. */
export interface BotAnswer {
  readonly intent: string;
  readonly slots?: Readonly<Record<string, string>>;
  readonly says?: string;
}
export type Bot = (
  heard: string,
  sessionAttributes: Readonly<Record<string, string>>,
) => Promise<BotAnswer> | BotAnswer;

export interface DeskDependencies {
  readonly context: CloudContext;
  readonly store: ConnectStore;
  readonly lambda: Pick<LambdaService, 'invoke' | 'invokeLater'>;
  readonly sns: Pick<EmbeddedSns, 'admits' | 'publishAs'>;
}

/** What a new contact is made from. */
export type NewContact = Pick<StoredContact, 'instanceId' | 'channel' | 'initiation' | 'subtype'> &
  Partial<StoredContact> & { readonly flow: StoredFlow };

/** All contacts: their records, their items, and the flows that run for them. */
export class ContactDesk {
  readonly dependencies: DeskDependencies;
  readonly contacts: ReturnType<typeof contactStore>;
  /** Lex bots that tests script, by the ARN of their alias. */
  readonly bots = new Map<string, Bot>();
  readonly #live = new Map<string, LiveContact>();
  readonly #watchers = new Set<() => void>();
  #closed = false;

  constructor(dependencies: DeskDependencies) {
    this.dependencies = dependencies;
    this.contacts = contactStore(dependencies.store.records);
  }

  get now(): number {
    return this.dependencies.context.clock.now();
  }

  /** Makes a contact; its flow starts when `start` is called. */
  open({ flow, ...contact }: NewContact): StoredContact {
    const id = newId();
    const { arn } = this.dependencies.store.requireInstance(contact.instanceId);
    const made: StoredContact = {
      attributes: {},
      tags: {},
      languageCode: 'en-US',
      steps: [],
      streams: [],
      participants: [],
      contentTypes: ['text/plain'],
      ...contact,
      id,
      arn: `${arn}/contact/${id}`,
      startedAtMs: this.now,
      run: { flowId: flow.id, actionId: '', loops: {}, external: {}, flowAttributes: {} },
    };
    this.contacts.put(made);
    return made;
  }

  live(id: string): LiveContact {
    const known = this.#live.get(id) ?? new LiveContact(this.dependencies.context.clock);
    this.#live.set(id, known);
    return known;
  }

  /** Runs (or takes up) the contact's flow; settles when it waits for the customer or has ended. */
  async start(id: string): Promise<void> {
    const live = this.live(id);
    void live.during(runFlow(this, id)).catch((error: unknown) => this.#failed(id, error));
    await live.settled();
  }

  #failed(id: string, error: unknown): void {
    // The store is closed with the cloud; a flow that was waiting then goes on at the next start.
    if (this.#closed) return;
    const reason = error instanceof Error ? error.message : String(error);
    this.dependencies.context.log(`connect: the flow of contact ${id} failed: ${reason}`);
    this.end(id, 'CONTACT_FLOW_DISCONNECT');
  }

  /** Changes the record as it is at this moment. Throws `ResourceNotFoundException`. */
  change(id: string, changed: (contact: StoredContact) => Partial<StoredContact>): StoredContact {
    const contact = this.contacts.require(id);
    const next = { ...contact, ...changed(contact) };
    this.contacts.put(next);
    this.#tellWatchers();
    return next;
  }

  /** Throws `InvalidRequestException` beyond 32 KB. */
  addAttributes(id: string, added: Readonly<Record<string, string>>): void {
    this.change(id, ({ attributes }) => {
      const merged = { ...attributes, ...added };
      if (attributeBytes(merged) > MOST_ATTRIBUTE_BYTES) throw invalidRequest('The attributes exceed 32 KB.');
      return { attributes: merged };
    });
  }

  /** Adds somebody who may connect to the contact's chat. */
  invite(id: string, role: Role, displayName: string): Participant {
    const token = randomBytes(48).toString('base64url');
    const participant: Participant = { id: newId(), role, displayName, token, state: 'invited' };
    this.change(id, ({ participants }) => ({ participants: [...participants, participant] }));
    this.contacts.putToken(token, id);
    return participant;
  }

  setParticipant(id: string, participantId: string, state: Participant['state']): void {
    this.change(id, ({ participants }) => ({
      participants: participants.map((one) => (one.id === participantId ? { ...one, state } : one)),
    }));
  }

  /** Appends what was said or happened, and streams it to whoever asked for it. */
  append(id: string, item: Omit<ContactItem, 'Id' | 'AbsoluteTime'> & { readonly Id?: string }): ContactItem {
    const contact = this.contacts.require(id);
    const whole: ContactItem = { Id: newId(), ...item, AbsoluteTime: new Date(this.now).toISOString() };
    this.contacts.append(id, whole);
    for (const { topicArn } of contact.streams) this.#stream(contact, whole, topicArn);
    this.#tellWatchers();
    return whole;
  }

  #stream(contact: StoredContact, item: ContactItem, topicArn: string): void {
    const { sns, store, context } = this.dependencies;
    const text = (Value: string) => ({ Type: 'String', Value });
    const caller = { service: CONNECT, sourceArn: store.requireInstance(contact.instanceId).arn };
    const attributes = {
      InitialContactId: text(contact.id),
      ContactId: text(contact.id),
      AccountId: text(context.accountId),
      InstanceId: text(contact.instanceId),
      ParticipantRole: text(item.ParticipantRole),
      MessageVisibility: text('ALL'),
      Type: text(item.Type),
      ContentType: text(item.ContentType),
    };
    const message = JSON.stringify({ ...item, InitialContactId: contact.id, ContactId: contact.id });
    sns.publishAs(caller, { topicArn, message, attributes }).catch((error: unknown) => {
      context.log(`connect: ${topicArn} was not reached: ${error instanceof AwsError ? error.name : 'unknown'}`);
    });
  }

  #tellWatchers(): void {
    for (const watcher of this.#watchers) watcher();
  }

  /** Resolves with what `found` gives as soon as that is something; it is asked anew whenever a contact changes. */
  async until<Found>(found: () => Found | undefined): Promise<Found> {
    const now = found();
    if (now !== undefined) return now;
    return new Promise((resolve) => {
      const watcher = () => {
        const then = found();
        if (then === undefined) return;
        this.#watchers.delete(watcher);
        resolve(then);
      };
      this.#watchers.add(watcher);
    });
  }

  /** Something the system says to the customer. */
  say(id: string, text: string): void {
    const item = { Type: 'MESSAGE', ContentType: 'text/plain', Content: text } as const;
    this.append(id, { ...item, ParticipantRole: 'SYSTEM', DisplayName: 'SYSTEM_MESSAGE' });
  }

  /** Places the contact into its target queue; false when that is full. */
  enqueue(id: string, queueId: string, maxContacts: number | undefined): boolean {
    const waiting = this.waitingIn(queueId).length;
    if (maxContacts !== undefined && waiting >= maxContacts) return false;
    this.change(id, () => ({ queue: { id: queueId, enqueuedAtMs: this.now } }));
    return true;
  }

  /** Contacts in a queue that no agent has taken, the one that waits longest first. */
  waitingIn(queueId: string): StoredContact[] {
    return this.openContacts()
      .filter(({ queue, agent }) => queue?.id === queueId && agent === undefined)
      .sort((a, b) => (a.queue?.enqueuedAtMs ?? 0) - (b.queue?.enqueuedAtMs ?? 0));
  }

  /** Contacts that are not over. */
  openContacts(): StoredContact[] {
    return this.contacts.all().filter((contact) => !isOver(contact));
  }

  /** Ends the contact for everybody; nothing when it is over. */
  end(id: string, disconnectReason: string): void {
    const contact = this.contacts.require(id);
    if (isOver(contact)) return;
    this.change(id, () => ({ endedAtMs: this.now, disconnectReason }));
    if (contact.channel === 'CHAT')
      this.append(id, { Type: 'EVENT', ContentType: EVENT.ended, ParticipantRole: 'SYSTEM' });
    this.live(id).end();
  }

  /** The contact as it is now, ended when its time is over. Throws `ResourceNotFoundException`. */
  current(id: string, instanceId?: string): StoredContact {
    const contact = this.contacts.require(id, instanceId);
    const { connectByMs = Number.POSITIVE_INFINITY, expiresAtMs = Number.POSITIVE_INFINITY } = contact;
    const missing = this.now >= connectByMs && contact.participants.every(({ state }) => state === 'invited');
    if (isOver(contact) || !(missing || this.now >= expiresAtMs)) return contact;
    this.end(id, 'EXPIRED');
    return this.contacts.require(id);
  }

  /** Takes up the chats that an earlier process left in their flows; its calls are gone with its lines. */
  resume(): void {
    for (const { id, channel, queue, run } of this.openContacts()) {
      if (channel === 'VOICE') this.end(id, 'TELECOM_PROBLEM');
      else if (queue === undefined && run !== undefined) void this.start(id);
    }
  }

  close(): void {
    this.#closed = true;
    for (const live of this.#live.values()) live.end();
  }
}
