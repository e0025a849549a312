import type { Log } from '../kernel/log.ts';
import type { SocketConnections } from '../voice/relay/connections-apigateway.ts';
import type { OperatorMessage } from './operator-messages.ts';

export interface FanOutDeps {
  readonly sockets: Pick<SocketConnections, 'post'>;
  readonly log: Log;
}

/** Tells connections things, each in its order; nobody waits for anybody else, and who tells waits for nobody. */
export interface FanOut {
  /** `gone`: what to do when that connection turns out to be down. */
  readonly send: (connectionId: string, message: OperatorMessage, gone?: () => Promise<void>) => void;
  /** Resolves when nothing waits any more. */
  readonly idle: () => Promise<void>;
}

/** Of one connection; beyond it sound is dropped first. At 200 ms a message of sound these are six seconds. */
const MAX_WAITING = 60;
/** Failures in a row after which a connection is told nothing more: API Gateway has been asked three times for each. */
const MAX_FAILURES = 3;

interface Line {
  readonly waiting: OperatorMessage[];
  gone: (() => Promise<void>) | undefined;
  /** Messages that were no sound and found no room. */
  missed: boolean;
  failures: number;
  running: Promise<void> | undefined;
}

/** A listener that is too slow misses sound, then the rest, and is told so (`missed-messages`): the record has it all. */
export const fanOut = ({ sockets, log }: FanOutDeps): FanOut => {
  const lines = new Map<string, Line>();

  const post = async (connectionId: string, line: Line, message: OperatorMessage): Promise<void> => {
    try {
      const outcome = await sockets.post(connectionId, JSON.stringify(message));
      line.failures = 0;
      if (outcome === 'sent') return;
    } catch (error) {
      line.failures += 1;
      line.missed ||= message.type !== 'call.audio';
      log('live.message.not-sent', { connectionId, failures: line.failures }, error);
      if (line.failures < MAX_FAILURES) return;
    }
    line.waiting.length = 0;
    line.missed = false;
    await line.gone?.().catch((error: unknown) => log('live.message.not-sent', { connectionId }, error));
  };
  const run = async (connectionId: string, line: Line): Promise<void> => {
    for (let next = line.waiting.shift(); next !== undefined; next = line.waiting.shift()) {
      await post(connectionId, line, next);
      if (!line.missed || line.waiting.length > 0) continue;
      line.missed = false;
      line.waiting.push(MISSED);
    }
    // Before anything else can run: what is told from now on begins a new line.
    lines.delete(connectionId);
  };
  return {
    send: (connectionId, message, gone) => {
      const line = lines.get(connectionId) ?? { waiting: [], gone, missed: false, failures: 0, running: undefined };
      lines.set(connectionId, line);
      line.waiting.push(message);
      makeRoom(line);
      line.running ??= run(connectionId, line);
    },
    idle: async () => {
      while (lines.size > 0) await Promise.all([...lines.values()].map(async ({ running }) => running));
    },
  };
};

const makeRoom = (line: Line): void => {
  if (line.waiting.length <= MAX_WAITING) return;
  const sound = line.waiting.findIndex(({ type }) => type === 'call.audio');
  line.waiting.splice(Math.max(0, sound), 1);
  line.missed ||= sound < 0;
};

const MISSED: OperatorMessage = {
  type: 'problem',
  code: 'missed-messages',
  title: 'Messages were dropped',
  detail: 'This connection did not take them as fast as they came. GET /calls/{callId}/events has what is on record.',
  retryable: true,
};
