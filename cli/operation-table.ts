// Written by scripts/build-cli.ts from shared/http/operations.ts: do not edit.

/** A query parameter as the command line has it. */
export interface QueryOption {
  readonly name: string;
  readonly description: string;
  readonly isNeeded?: true;
}

/** An operation as `oratio api` offers it. */
export interface ApiCommand {
  readonly summary: string;
  /** Names in its path, in their order: the arguments of the command. */
  readonly path: readonly string[];
  readonly query: readonly QueryOption[];
  readonly hasBody?: true;
}

/** Every operation by its id. */
export const API_COMMANDS: Readonly<Record<string, ApiCommand>> = {
  createAgent: {
    summary: 'Create an agent from an SOP, or from a character, with files and channels',
    path: [],
    query: [],
    hasBody: true,
  },
  listAgents: {
    summary: 'List your agents, newest first',
    path: [],
    query: [
      { name: 'status', description: 'Only agents in this status.' },
      { name: 'limit', description: 'Agents a page; 20 unless stated.' },
      { name: 'cursor', description: '`nextCursor` of the page before.' },
      { name: 'skip', description: 'For older clients; use `cursor`.' },
    ],
  },
  getAgent: {
    summary: 'Read an agent, its knowledge base and the progress of its newest run',
    path: ['agentId'],
    query: [],
  },
  listAgentVersions: {
    summary: 'List the versions of an agent, newest first',
    path: ['agentId'],
    query: [
      { name: 'limit', description: 'Versions a page; 20 unless stated.' },
      { name: 'cursor', description: '`nextCursor` of the page before.' },
    ],
  },
  getAgentVersion: {
    summary: 'Read a version: where each clause of its SOP went, its code and prompt, what the code checker said',
    path: ['agentId', 'version'],
    query: [],
  },
  updateAgent: { summary: 'Change parts of an agent', path: ['agentId'], query: [], hasBody: true },
  replaceAgent: {
    summary: 'Replace an agent: files that are not described any more are removed; or change `name` and `status` alone',
    path: ['agentId'],
    query: [],
    hasBody: true,
  },
  deleteAgent: { summary: 'Take an agent down with everything that belongs to it', path: ['agentId'], query: [] },
  retryAgent: { summary: 'Resume a failed run from its first step not done', path: ['agentId'], query: [] },
  startAgent: { summary: 'Let a stopped agent answer again', path: ['agentId'], query: [] },
  stopAgent: {
    summary: 'Stop an agent: it does not answer, on no channel, until it is started',
    path: ['agentId'],
    query: [],
  },
  pauseAgent: {
    summary: 'Pause an agent: customers are told its notice until it is resumed',
    path: ['agentId'],
    query: [],
  },
  resumeAgent: { summary: 'Let a paused agent answer again', path: ['agentId'], query: [] },
  provisionAgent: {
    summary: 'Create an agent on many channels, as the multi-channel engine documents it',
    path: [],
    query: [],
    hasBody: true,
  },
  getProvisioning: { summary: 'How far a provisioning is, channel by channel', path: ['provisioningId'], query: [] },
  sendMessage: { summary: 'Ask an agent in text', path: ['agentId'], query: [], hasBody: true },
  listCustomers: {
    summary: 'List the customers an agent knows, newest first',
    path: ['agentId'],
    query: [
      { name: 'limit', description: 'Customers a page; 20 unless stated.' },
      { name: 'cursor', description: '`nextCursor` of the page before.' },
    ],
  },
  getCustomer: {
    summary: 'Read a customer and what was said on all channels',
    path: ['customerId'],
    query: [
      { name: 'limit', description: 'Entries of the conversation a page; 50 unless stated.' },
      { name: 'cursor', description: '`nextCursor` of the page before.' },
    ],
  },
  updateCustomer: {
    summary: 'Change the name of a customer, or facts that agents are told',
    path: ['customerId'],
    query: [],
    hasBody: true,
  },
  linkIdentity: {
    summary: 'Say that a number, or an account of a platform, is this customer’s',
    path: ['customerId'],
    query: [],
    hasBody: true,
  },
  eraseCustomer: {
    summary: 'Forget a customer: profile, identities and all that was said',
    path: ['customerId'],
    query: [],
  },
  listKnowledgeBases: {
    summary: 'List your knowledge bases, newest first',
    path: [],
    query: [
      { name: 'limit', description: 'Knowledge bases a page; 20 unless stated.' },
      { name: 'cursor', description: '`nextCursor` of the page before.' },
    ],
  },
  getKnowledgeBase: {
    summary: 'Read a knowledge base with the state of ingestion of each file',
    path: ['knowledgeBaseId'],
    query: [],
  },
  queryKnowledgeBase: {
    summary: 'Ask a knowledge base what its agent would find',
    path: ['knowledgeBaseId'],
    query: [],
    hasBody: true,
  },
  createApiKey: { summary: 'Make an API key of an agent', path: ['agentId'], query: [], hasBody: true },
  listApiKeys: {
    summary: 'List the API keys of an agent, newest first',
    path: ['agentId'],
    query: [
      { name: 'limit', description: 'Keys a page.' },
      { name: 'cursor', description: '`nextCursor` of the page before.' },
    ],
  },
  deleteApiKey: { summary: 'Delete an API key: it is refused from then on', path: ['agentId', 'keyId'], query: [] },
  createVoiceTicket: { summary: 'Get a way in for one call', path: [], query: [], hasBody: true },
  getVoiceSettings: { summary: 'Read how an agent speaks', path: ['agentId'], query: [] },
  putVoiceSettings: {
    summary: 'Say how an agent speaks: what is absent gets its default',
    path: ['agentId'],
    query: [],
    hasBody: true,
  },
  getProviders: { summary: 'Read whose services an agent thinks, speaks and hears with', path: ['agentId'], query: [] },
  putProviders: {
    summary: 'Say whose services an agent thinks, speaks and hears with; calls in progress take it up',
    path: ['agentId'],
    query: [],
    hasBody: true,
  },
  testProvider: { summary: 'Speak to a provider, and say what was heard', path: [], query: [], hasBody: true },
  setDefaultAgent: {
    summary: 'Make this agent your default one; the one before is it no longer',
    path: ['agentId'],
    query: [],
  },
  getCurrentAgent: {
    summary: 'Your default agent, or the newest; a user without any is made a first one',
    path: [],
    query: [],
  },
  listCalls: {
    summary: 'List your calls, newest first',
    path: [],
    query: [
      { name: 'agentId', description: 'Only calls with this agent.' },
      { name: 'status', description: 'Only calls in this status.' },
      { name: 'channel', description: 'Only calls on this channel.' },
      { name: 'direction', description: 'Only calls in this direction.' },
      { name: 'from', description: 'Only calls that began at this moment or later.' },
      { name: 'to', description: 'Only calls that began at this moment or before.' },
      {
        name: 'limit',
        description: 'Calls a page; 20 unless stated. With `channel` or `direction` a page may have fewer.',
      },
      { name: 'cursor', description: '`nextCursor` of the page before.' },
    ],
  },
  getCall: { summary: 'Read a call: what was said and done, how fast, and what it cost', path: ['callId'], query: [] },
  createOperatorTicket: {
    summary: 'Get a way in to watch your agents and calls live, over the WebSocket API',
    path: [],
    query: [],
  },
  listCallEvents: {
    summary: 'Read what has happened in a call, in order; also while it goes on',
    path: ['callId'],
    query: [
      {
        name: 'after',
        description: 'Only events after this `seq`: the `next` of an answer before, or the last that was seen.',
      },
    ],
  },
  getAgentContext: { summary: 'Read what an agent is told for now', path: ['agentId'], query: [] },
  putAgentContext: {
    summary: 'Tell an agent what holds for now, also in calls that go on; whole, or as a JSON merge patch',
    path: ['agentId'],
    query: [],
    hasBody: true,
  },
  whisperToCall: {
    summary: 'Tell the agent something in a call; the caller does not hear it',
    path: ['callId'],
    query: [],
    hasBody: true,
  },
  sayInCall: {
    summary: 'Have the agent’s voice say exactly these words in a call',
    path: ['callId'],
    query: [],
    hasBody: true,
  },
  holdCall: {
    summary: 'Ask the caller to wait; the agent answers nothing until the call is resumed',
    path: ['callId'],
    query: [],
    hasBody: true,
  },
  resumeCall: {
    summary: 'Give a call back to the agent that was held or taken over',
    path: ['callId'],
    query: [],
    hasBody: true,
  },
  takeOverCall: {
    summary: 'Take a call over by text: the agent is mute, what you have it say is spoken',
    path: ['callId'],
    query: [],
    hasBody: true,
  },
  transferCall: { summary: 'Hand the caller over to a person', path: ['callId'], query: [], hasBody: true },
  endCall: { summary: 'Say goodbye and end a call', path: ['callId'], query: [], hasBody: true },
  patchCallContext: {
    summary: 'Change the facts about one call, as a JSON merge patch',
    path: ['callId'],
    query: [{ name: 'force', description: 'Take the call out of another operator’s hand.' }],
    hasBody: true,
  },
  releaseCallController: {
    summary: 'Give a call out of your hand, so that another operator may take it',
    path: ['callId'],
    query: [{ name: 'force', description: 'Take the call out of another operator’s hand.' }],
  },
  placeCall: { summary: 'Let an agent call somebody', path: [], query: [], hasBody: true },
  listPhoneNumbers: {
    summary: 'List your numbers, and those that nobody has yet',
    path: [],
    query: [
      { name: 'status', description: 'Only numbers in this status.' },
      { name: 'provider', description: 'Only numbers of this provider.' },
      { name: 'agentId', description: 'Only numbers that this agent answers or calls from.' },
      { name: 'limit', description: 'Numbers a page; 20 unless stated. With a filter a page may have fewer.' },
      { name: 'cursor', description: '`nextCursor` of the page before.' },
    ],
  },
  assignPhoneNumber: {
    summary: 'Let an agent answer a number, or call from it',
    path: ['phoneNumber'],
    query: [],
    hasBody: true,
  },
  freePhoneNumber: {
    summary: 'End an assignment: the agent answers the number no more, or calls no more from it',
    path: ['phoneNumber'],
    query: [
      { name: 'direction', description: 'Which of its assignments ends.' },
      { name: 'agentId', description: 'Whose; the agent that answers unless stated. Needed for `outbound`.' },
    ],
  },
  listPhoneNumberOffers: {
    summary: 'Search numbers that can be claimed',
    path: [],
    query: [
      { name: 'provider', description: '' },
      { name: 'country', description: 'ISO 3166-1 alpha-2.', isNeeded: true },
      { name: 'type', description: 'Amazon Connect has no `mobile`.' },
      { name: 'areaCode', description: 'Only numbers of this area, after the country code.' },
      { name: 'limit', description: '' },
    ],
  },
  claimPhoneNumber: {
    summary: 'Claim a number: the provider charges for it until it is released',
    path: [],
    query: [],
    hasBody: true,
  },
  syncPhoneNumbers: {
    summary: 'Compare the numbers with what the providers have, and finish what had been broken off',
    path: [],
    query: [],
  },
  releasePhoneNumber: { summary: 'Give a claimed number back to its provider', path: ['phoneNumber'], query: [] },
  getStatistics: {
    summary: 'What all your agents did, by hour or day: calls, answers, latency, cost',
    path: [],
    query: [
      {
        name: 'from',
        description: 'The first period that is wanted is the one with this moment; a week before `to` unless stated.',
      },
      { name: 'to', description: 'The last one is the one with this moment; now unless stated.' },
      { name: 'granularity', description: 'Hours are kept for 32 days.' },
    ],
  },
  listAgentStatistics: {
    summary: 'What each of your agents did on one day',
    path: [],
    query: [{ name: 'day', description: 'A day in UTC; today unless stated.' }],
  },
  getAgentStatistics: {
    summary: 'What an agent did, by hour or day',
    path: ['agentId'],
    query: [
      {
        name: 'from',
        description: 'The first period that is wanted is the one with this moment; a week before `to` unless stated.',
      },
      { name: 'to', description: 'The last one is the one with this moment; now unless stated.' },
      { name: 'granularity', description: 'Hours are kept for 32 days.' },
    ],
  },
  answerConnectWebhook: {
    summary: 'Ask an agent for a contact centre: what a customer says goes in, what the agent says comes out',
    path: [],
    query: [],
    hasBody: true,
  },
  listChannels: { summary: 'The channels of an agent, each with its own status', path: ['agentId'], query: [] },
  putChannels: {
    summary: 'Give an agent the channels of the list: add, change and remove',
    path: ['agentId'],
    query: [],
    hasBody: true,
  },
  retryChannel: { summary: 'Try a failed channel again, and no other', path: ['agentId', 'channelType'], query: [] },
  putChannelCredentials: {
    summary: 'Entrust credentials of a platform: all of them are replaced',
    path: ['platform'],
    query: [],
    hasBody: true,
  },
  getChannelCredentials: {
    summary: 'Read which credentials of a platform you have entrusted',
    path: ['platform'],
    query: [],
  },
  deleteChannelCredentials: {
    summary: 'Take credentials of a platform back, and its webhook with them',
    path: ['platform'],
    query: [],
  },
  answerElizaWebhook: {
    summary: 'Bring an agent a message of a customer from a social platform',
    path: [],
    query: [],
    hasBody: true,
  },
  getHealth: { summary: 'Whether the service answers', path: [], query: [] },
  getVersion: { summary: 'Which commit runs here', path: [], query: [] },
  getOpenApi: { summary: 'This description', path: [], query: [] },
  getAsyncApi: { summary: 'Description of the WebSocket API that calls are held over', path: [], query: [] },
  getDocs: { summary: 'This description for people', path: [], query: [] },
  getDocsAsset: {
    summary: 'Script of the page for people, and the page about the WebSocket API',
    path: ['asset'],
    query: [],
  },
  getTalk: { summary: 'A page to talk to an agent from a browser', path: [], query: [] },
  getTalkAsset: { summary: 'Scripts and style of the talk page', path: ['asset'], query: [] },
};
