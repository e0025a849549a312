import type { Operation } from '../http/operation.ts';
import {
  CallContextBody,
  ForceQuery,
  PutAgentContextBody,
  ReasonBody,
  TakeoverBody,
  TransferBody,
  WordsBody,
} from './control-requests.ts';

/** Operations by which people take part in calls that go on, and tell agents what holds for now. */
export const CONTROL_OPERATIONS = {
  getAgentContext: {
    method: 'GET',
    path: '/agents/{agentId}/context',
    functionName: 'manage-agent-context',
    scope: 'agents:read',
  },
  putAgentContext: {
    method: 'PUT',
    path: '/agents/{agentId}/context',
    functionName: 'manage-agent-context',
    scope: 'agents:write',
    body: { accepts: 'json', schema: PutAgentContextBody },
  },
  whisperToCall: command('/calls/{callId}/whisper', WordsBody),
  sayInCall: command('/calls/{callId}/say', WordsBody),
  holdCall: command('/calls/{callId}/hold', ReasonBody),
  resumeCall: command('/calls/{callId}/resume', ReasonBody),
  takeOverCall: command('/calls/{callId}/takeover', TakeoverBody),
  transferCall: command('/calls/{callId}/transfer', TransferBody),
  endCall: command('/calls/{callId}/end', ReasonBody),
  patchCallContext: {
    method: 'PATCH',
    path: '/calls/{callId}/context',
    functionName: 'control-call',
    scope: 'agents:talk',
    query: ForceQuery,
    body: { accepts: 'json', schema: CallContextBody },
  },
  releaseCallController: {
    method: 'DELETE',
    path: '/calls/{callId}/controller',
    functionName: 'control-call',
    scope: 'agents:talk',
    query: ForceQuery,
  },
} as const satisfies Record<string, Operation>;

function command<const Path extends string, Schema extends NonNullable<Operation['body']>['schema']>(
  path: Path,
  schema: Schema,
) {
  const body = { accepts: 'json' as const, schema };
  return { method: 'POST' as const, path, functionName: 'control-call' as const, scope: 'agents:talk' as const, body };
}
