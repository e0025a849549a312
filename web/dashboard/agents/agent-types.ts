import type { AnswerOf, ItemOf } from '../../../client/index.ts';

/** An agent as a listing shows it. */
export type AgentSummary = ItemOf<'listAgents'>;
/** An agent with everything its owner may know. */
export type AgentDetail = AnswerOf<'getAgent'>;
export type AgentStatus = AgentSummary['status'];
export type AgentType = AgentSummary['agentType'];
export type Channel = AgentDetail['channels'][number];
export type ChannelType = Channel['channelType'];
