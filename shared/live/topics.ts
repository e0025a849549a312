/** What can be watched. */
export type OperatorTopic = 'agents' | 'calls' | CallTopic;
type CallTopic = `call:${string}`;

export const callTopic = (callId: string): CallTopic => `call:${callId}`;
export const audioTopic = (callId: string): CallTopic => `call:${callId}:audio`;

/** The call a topic is about; undefined for those of the whole tenant. */
export const callOfTopic = (topic: OperatorTopic): string | undefined => topic.split(':')[1];
