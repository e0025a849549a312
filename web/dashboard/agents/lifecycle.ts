import type { AgentStatus } from './agent-types.ts';

/** What an owner may do to an agent. */
export type AgentAction = 'start' | 'stop' | 'pause' | 'resume' | 'delete';

/** An agent as far as it matters for what may be done to it. */
interface Standing {
  readonly status: AgentStatus;
  readonly activeVersion: number | null;
}

const ACTIONS: Readonly<Record<AgentStatus, readonly AgentAction[]>> = {
  creating: ['delete'],
  active: ['pause', 'stop', 'delete'],
  paused: ['resume', 'stop', 'delete'],
  stopped: ['start', 'delete'],
  // Where it ends is changed, not the run: what it was before is not in a listing, so all that may be right are offered.
  updating: ['pause', 'resume', 'stop', 'start', 'delete'],
  failed: ['delete'],
  deleting: [],
};

/** What the API allows in this status, as far as can be told beforehand. */
export const actionsFor = ({ status }: Pick<Standing, 'status'>): readonly AgentAction[] => ACTIONS[status];

/** Whether questions are answered now: a first version must have been activated. */
export const isAsking = ({ status, activeVersion }: Standing): boolean =>
  activeVersion !== null && (status === 'active' || status === 'updating');

/** Whether something is under way that the page should follow. */
export const isInMotion = (status: AgentStatus): boolean =>
  status === 'creating' || status === 'updating' || status === 'deleting';

interface ActionWords {
  readonly text: string;
  /** Above the question whether it is meant. */
  readonly question: (name: string) => string;
  readonly consequence: string;
  readonly done: (name: string) => string;
}

export const ACTION_WORDS: Readonly<Record<AgentAction, ActionWords>> = {
  start: {
    text: 'Start',
    question: (name) => `Start ${name}?`,
    consequence: 'It answers again on all of its channels.',
    done: (name) => `${name} answers again`,
  },
  resume: {
    text: 'Resume',
    question: (name) => `Resume ${name}?`,
    consequence: 'It answers again on all of its channels.',
    done: (name) => `${name} answers again`,
  },
  pause: {
    text: 'Pause',
    question: (name) => `Pause ${name}?`,
    consequence: 'Customers are told its notice until it is resumed. Calls that go on are not cut off.',
    done: (name) => `${name} is paused`,
  },
  stop: {
    text: 'Stop',
    question: (name) => `Stop ${name}?`,
    consequence: 'It does not answer on any channel until it is started. Calls that go on are not cut off.',
    done: (name) => `${name} is stopped`,
  },
  delete: {
    text: 'Delete',
    question: (name) => `Delete ${name}?`,
    consequence:
      'Its files, knowledge, code, channels, API keys and conversations are deleted, and its numbers are given back. This cannot be undone.',
    done: (name) => `${name} is being deleted`,
  },
};
