import type { CallTransfer } from '../../transfer/call-transfer.ts';
import { isAnswered, type TransferSettings } from '../../transfer/transfer-settings.ts';
import type { HandoffDecision } from '../keeper/call-keeper.ts';
import type { SessionState } from './session-state.ts';

/** How long it rings where the agent's settings do not say. */
const RING_SECONDS = 25;

/** Where a phone call that is handed off goes on; undefined where it ends. */
export function transferOf(
  { setup, briefing, handoff }: Pick<SessionState, 'setup' | 'briefing' | 'handoff'>,
  nowMs: number,
): CallTransfer | undefined {
  const settings = briefing?.settings.transfer;
  const to = handoff?.to ?? settings?.phoneNumber;
  if (setup.transport !== 'twilio' || to === undefined) return undefined;
  const operator = handoff?.operator;
  return {
    epoch: setup.epoch,
    status: 'dialling',
    to,
    ringSeconds: settings?.ringSeconds ?? RING_SECONDS,
    ...(operator !== undefined && { operator }),
    startedAtMs: nowMs,
  };
}

/** Whether nobody is there now to whom the agent could pass the caller on. An operator knows better. */
export const isClosed = ({ briefing }: Pick<SessionState, 'briefing'>, nowMs: number): boolean =>
  !isAnswered(briefing?.settings.transfer?.hours, nowMs);

/** Where somebody in a browser goes on: what the page shows. */
export function continuationOf(
  settings: TransferSettings | undefined,
  handoff: Pick<HandoffDecision, 'to'>,
): { readonly phoneNumber?: string; readonly chatUrl?: string } | undefined {
  const phoneNumber = handoff.to ?? settings?.phoneNumber;
  const chatUrl = settings?.chatUrl;
  if (phoneNumber === undefined && chatUrl === undefined) return undefined;
  return { ...(phoneNumber !== undefined && { phoneNumber }), ...(chatUrl !== undefined && { chatUrl }) };
}
