import type { PhoneNumber } from './phone-number.ts';

type Row = Readonly<Record<string, unknown>>;

/** A number of which nothing else is known: it can be called. */
const VOICE_ONLY = { voice: true, sms: false, mms: false };

/**
 * A number as its row: `agentId` is the agent that answers, `outboundAgentIds` a set, to which requests add at the same
 * time (DynamoDB knows none that is empty), `numberSid` the provider's id.
 */
export const rowOfNumber = ({ inboundAgentId, outboundAgentIds, providerId, ...number }: PhoneNumber): Row => ({
  ...number,
  ...(inboundAgentId === undefined ? {} : { agentId: inboundAgentId }),
  ...(outboundAgentIds.length === 0 ? {} : { outboundAgentIds: new Set(outboundAgentIds) }),
  ...(providerId === undefined ? {} : { numberSid: providerId }),
});

/** A row as its number; one from before numbers had providers is Twilio's and assigned. */
export const numberOfRow = (row: Row | undefined): PhoneNumber | undefined => {
  if (row === undefined) return undefined;
  const { agentId, outboundAgentIds, numberSid, status, ...number } = row;
  const outbound = outboundAgentIds instanceof Set ? [...outboundAgentIds].map(String).sort() : [];
  return {
    provider: 'twilio',
    origin: 'stage',
    capabilities: VOICE_ONLY,
    revision: 0,
    ...(status === 'pointing' ? { pending: 'pointing' } : {}),
    ...number,
    outboundAgentIds: outbound,
    ...(agentId === undefined ? {} : { inboundAgentId: agentId }),
    ...(numberSid === undefined ? {} : { providerId: numberSid }),
  } as unknown as PhoneNumber;
};
