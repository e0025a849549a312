import { idOf } from '../services/connect/connect-store.ts';
import { EVENT, isOver, type StoredContact } from '../services/connect/contacts/contact.ts';
import type { ContactDesk } from '../services/connect/contacts/contact-desk.ts';
import { transcriptIn } from './soft-call.ts';

/** A contact on the screen of the agent who took it. */
export interface AgentContact {
  readonly contactId: string;
  readonly channel: 'VOICE' | 'CHAT';
  /** What the hand-off brought along. */
  readonly attributes: () => Readonly<Record<string, string>>;
  /** Everything that was said, as `ROLE: text`. */
  readonly transcript: () => readonly string[];
  readonly say: (text: string) => void;
  /** Hangs up, or closes the chat. */
  readonly end: () => void;
  readonly isOver: () => boolean;
  /** Resolves when the transcript is as wanted. */
  readonly until: (wanted: (transcript: readonly string[]) => boolean) => Promise<void>;
}

/** What agents see of a queue. */
export interface SoftQueue {
  /** Ids of contacts that wait, the longest-waiting first. */
  readonly waiting: () => readonly string[];
  /** Takes the next contact, once there is one. */
  readonly take: (agentName?: string) => Promise<AgentContact>;
}

export function softQueue(desk: ContactDesk, nameOrId: string): SoftQueue {
  const { store } = desk.dependencies;
  const queues = () => store.instances().flatMap(({ id }) => store.queues.all(id));
  const isMeant = ({ id, name }: { id: string; name: string }) => name === nameOrId || id === idOf(nameOrId);
  const waiting = (): StoredContact[] =>
    queues()
      .filter(isMeant)
      .flatMap(({ id }) => desk.waitingIn(id));
  return {
    waiting: () => waiting().map(({ id }) => id),
    take: async (agentName = 'Alex') => agentContact(desk, await desk.until(() => waiting()[0]), agentName),
  };
}

function agentContact(desk: ContactDesk, { id, channel }: StoredContact, name: string): AgentContact {
  const participant = desk.invite(id, 'AGENT', name);
  desk.setParticipant(id, participant.id, 'connected');
  desk.change(id, () => ({ agent: { name, connectedAtMs: desk.now } }));
  const from = { ParticipantId: participant.id, ParticipantRole: 'AGENT', DisplayName: name } as const;
  if (channel === 'CHAT') desk.append(id, { Type: 'EVENT', ContentType: EVENT.joined, ...from });
  const transcript = () => transcriptIn(desk.contacts.items(id));
  return {
    contactId: id,
    channel,
    attributes: () => desk.contacts.require(id).attributes,
    transcript,
    say: (text) => {
      if (isOver(desk.contacts.require(id))) throw new RangeError('The contact is over.');
      desk.append(id, { Type: 'MESSAGE', ContentType: 'text/plain', Content: text, ...from });
    },
    end: () => {
      if (channel === 'CHAT') desk.append(id, { Type: 'EVENT', ContentType: EVENT.left, ...from });
      desk.end(id, 'AGENT_DISCONNECT');
    },
    isOver: () => isOver(desk.contacts.require(id)),
    until: async (wanted) => {
      await desk.until(() => (wanted(transcript()) ? true : undefined));
    },
  };
}
