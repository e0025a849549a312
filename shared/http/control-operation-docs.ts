import { AgentContextView, CommandAcceptedView } from '../control/control-view-schemas.ts';
import { BODY_PROBLEMS, IDEMPOTENCY_PROBLEMS, type OperationDocs } from './documented-operation.ts';

const COMMAND_PROBLEMS = [
  ...BODY_PROBLEMS,
  ...IDEMPOTENCY_PROBLEMS,
  'call-not-found',
  'call-ended',
  'call-with-person',
  'call-not-begun',
  'call-controlled',
  'too-many-commands',
] as const;

const command = (summary: string) =>
  ({
    headers: ['Idempotency-Key'],
    summary,
    responses: {
      202: { description: 'Accepted: the call does so within a second or two.', schema: CommandAcceptedView },
    },
    problems: COMMAND_PROBLEMS,
  }) as const satisfies OperationDocs;

/** What people read about taking part in calls that go on. */
export const CONTROL_OPERATION_DOCS = {
  getAgentContext: {
    headers: ['If-None-Match'],
    summary: 'Read what an agent is told for now',
    responses: {
      200: { description: 'Facts, notes and special instructions.', schema: AgentContextView },
      304: { description: 'The copy you have is still good.' },
    },
    problems: ['agent-not-found'],
  },
  putAgentContext: {
    headers: ['If-Match'],
    summary: 'Tell an agent what holds for now, also in calls that go on; whole, or as a JSON merge patch',
    responses: {
      200: { description: 'In force: for questions at once, in calls within one turn.', schema: AgentContextView },
    },
    problems: [...BODY_PROBLEMS, 'agent-not-found', 'agent-busy', 'precondition-failed'],
  },
  whisperToCall: command('Tell the agent something in a call; the caller does not hear it'),
  sayInCall: command('Have the agent’s voice say exactly these words in a call'),
  holdCall: command('Ask the caller to wait; the agent answers nothing until the call is resumed'),
  resumeCall: command('Give a call back to the agent that was held or taken over'),
  takeOverCall: command('Take a call over by text: the agent is mute, what you have it say is spoken'),
  transferCall: command('Hand the caller over to a person: a phone call is put through to them'),
  endCall: {
    ...command('Say goodbye and end a call; one that nobody has answered yet is cancelled at once'),
    problems: [...COMMAND_PROBLEMS, 'telephony-failed'],
  },
  patchCallContext: command('Change the facts about one call, as a JSON merge patch'),
  releaseCallController: {
    summary: 'Give a call out of your hand, so that another operator may take it',
    responses: { 204: { description: 'It is in nobody’s hand, or was so already.' } },
    problems: ['call-not-found', 'call-controlled'],
  },
} as const satisfies Record<string, OperationDocs>;
