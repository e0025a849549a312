import type { ServerMessage } from '../../shared/voice/protocol/messages.ts';

export interface Line {
  readonly turn: number;
  readonly role: 'user' | 'assistant';
  readonly text: string;
  readonly stage: 'speculative' | 'final';
  readonly interrupted: boolean;
}

export interface ToolLine {
  readonly toolUseId: string;
  readonly turn: number;
  readonly name: string;
  readonly status: 'started' | 'finished' | 'failed';
  readonly durationMs: number | undefined;
}

/** What a page shows of a call. */
export interface CallView {
  readonly agentName: string | undefined;
  readonly engine: string | undefined;
  readonly voice: string | undefined;
  readonly lines: readonly Line[];
  readonly tools: readonly ToolLine[];
  readonly costMicroUsd: number;
  readonly answerLatencyMs: number | undefined;
  readonly elapsedSeconds: number;
  /** The last thing worth telling: a warning, a hand-off, a problem the call survives. */
  readonly notice: string | undefined;
}

export const NO_CALL: CallView = {
  agentName: undefined,
  engine: undefined,
  voice: undefined,
  lines: [],
  tools: [],
  costMicroUsd: 0,
  answerLatencyMs: undefined,
  elapsedSeconds: 0,
  notice: undefined,
};

/** Pure: the view after one more message. */
export function withMessage(view: CallView, message: ServerMessage): CallView {
  switch (message.type) {
    case 'session.ready':
      return { ...view, agentName: message.agentName, engine: message.engine, voice: message.voice };
    case 'session.agentSwitched': {
      const { agentName, engine, voice } = message;
      return { ...view, agentName, engine, voice, notice: `${agentName} has the call now.` };
    }
    case 'transcript':
      return { ...view, lines: withLine(view.lines, message) };
    case 'interrupted':
      return {
        ...view,
        lines: view.lines.map((line) => (isCut(line, message.turn) ? { ...line, interrupted: true } : line)),
      };
    case 'tool':
      return { ...view, tools: withTool(view.tools, message) };
    case 'meter':
      return {
        ...view,
        costMicroUsd: message.costMicroUsd,
        answerLatencyMs: message.answerLatencyMs ?? view.answerLatencyMs,
        elapsedSeconds: message.elapsedSeconds,
      };
    case 'handoff':
      return { ...view, notice: `A person takes over: ${message.reason}${whereTo(message.continuation)}` };
    case 'warning':
      return message.code === 'connection-renewal' ? view : { ...view, notice: message.message };
    case 'problem':
      return { ...view, notice: `${message.title}. ${message.detail}` };
    default:
      return view;
  }
}

/** Where the caller goes on with the person. */
function whereTo(continuation: Extract<ServerMessage, { type: 'handoff' }>['continuation']): string {
  const ways = [
    ...(continuation?.phoneNumber === undefined ? [] : [`call ${continuation.phoneNumber}`]),
    ...(continuation?.chatUrl === undefined ? [] : [`write at ${continuation.chatUrl}`]),
  ];
  return ways.length === 0 ? '' : ` – to go on, ${ways.join(' or ')}.`;
}

type Transcript = Extract<ServerMessage, { type: 'transcript' }>;

const isCut = ({ role, turn, stage }: Line, cutTurn: number): boolean =>
  role === 'assistant' && turn === cutTurn && stage === 'speculative';

/**
 * Each text is the whole so far. A caller has one line a turn. An agent may say several things in one ("one moment",
 * then the answer): what is final stays, and what comes after it is another line.
 */
function withLine(lines: readonly Line[], message: Transcript): readonly Line[] {
  const { turn, role, stage, text } = message;
  const index = lines.findLastIndex((line) => line.turn === turn && line.role === role);
  const before = lines[index];
  const isGuessAfterWord = before?.stage === 'final' && stage === 'speculative';
  const isRepeated = before?.stage === 'final' && before.text === text;
  if (isRepeated || (isGuessAfterWord && role === 'user')) return lines;
  const goesOn = before !== undefined && (role === 'user' || before.stage === 'speculative');
  const interrupted = message.interrupted ?? (goesOn && before.interrupted && stage === 'speculative');
  const line: Line = { turn, role, stage, text, interrupted };
  if (goesOn) return lines.with(index, line);
  // A user's final words may come after the answer to them began.
  const after = lines.findIndex((other) => other.turn > turn || (other.turn === turn && role === 'user'));
  return after === -1 ? [...lines, line] : lines.toSpliced(after, 0, line);
}

function withTool(tools: readonly ToolLine[], message: Extract<ServerMessage, { type: 'tool' }>): readonly ToolLine[] {
  const { toolUseId, turn, name, status, durationMs } = message;
  const line: ToolLine = { toolUseId, turn, name, status, durationMs };
  const index = tools.findIndex((tool) => tool.toolUseId === toolUseId);
  return index === -1 ? [...tools, line] : tools.with(index, line);
}
