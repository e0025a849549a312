import type { CallBriefing, CallKeeper } from '../keeper/call-keeper.ts';
import type { ClientMessage } from '../protocol/messages.ts';

export type SessionStart = Extract<ClientMessage, { type: 'session.start' }>;

/**
 * The keeper of a call whose client told its wishes to the owner itself: no gateway took them, so its row has none
 * until the call ends. The briefing brings them, because the first stream may be open before the session reads the client's first message.
 */
export const withWishes = (keeper: CallKeeper, start: SessionStart): CallKeeper => ({
  ...keeper,
  claim: async () => wished(await keeper.claim(), start),
  finish: ({ contextOverride = start.contextOverride, ...end }) =>
    keeper.finish({ ...end, ...(contextOverride === undefined ? {} : { contextOverride }) }),
});

const wished = (briefing: CallBriefing, start: SessionStart): CallBriefing => ({
  ...briefing,
  client: {
    inputSampleRateHertz: start.inputSampleRateHertz,
    outputSampleRateHertz: start.outputSampleRateHertz,
    voice: start.voice ?? briefing.settings.voice,
    language: start.language ?? briefing.settings.language,
    recordingConsent: start.recordingConsent,
  },
  contextOverride: start.contextOverride ?? briefing.contextOverride,
});
