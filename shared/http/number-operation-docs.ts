import { AgentStatisticsView, StatisticsView } from '../statistics/statistics-views.ts';
import {
  PhoneNumberListView,
  PhoneNumberOffersView,
  PhoneNumberSyncView,
  PhoneNumberView,
} from '../telephony/phone-number-requests.ts';
import { BODY_PROBLEMS, IDEMPOTENCY_PROBLEMS, type OperationDocs } from './documented-operation.ts';

/** What people read about telephone numbers, and about what agents did. */
export const NUMBER_OPERATION_DOCS = {
  listPhoneNumbers: {
    summary: 'List your numbers, and those that nobody has yet',
    responses: { 200: { description: 'A page of numbers.', schema: PhoneNumberListView } },
    problems: ['invalid-cursor'],
  },
  assignPhoneNumber: {
    summary: 'Let an agent answer a number, or call from it',
    responses: { 200: { description: 'So it is from now on.', schema: PhoneNumberView } },
    problems: [
      ...BODY_PROBLEMS,
      'agent-not-found',
      'agent-not-ready',
      'agent-has-no-voice',
      'channel-not-found',
      'phone-number-not-found',
      'phone-number-taken',
      'phone-number-in-channel',
      'phone-number-busy',
      'connect-not-configured',
      'connect-refused',
      'telephony-not-configured',
      'telephony-failed',
    ],
  },
  freePhoneNumber: {
    summary: 'End an assignment: the agent answers the number no more, or calls no more from it',
    responses: { 204: { description: 'It has ended.' } },
    problems: [
      'phone-number-not-found',
      'phone-number-in-channel',
      'connect-not-configured',
      'connect-refused',
      'telephony-not-configured',
      'telephony-failed',
    ],
  },
  listPhoneNumberOffers: {
    summary: 'Search numbers that can be claimed',
    responses: { 200: { description: 'Some of them; others may be faster.', schema: PhoneNumberOffersView } },
    problems: [
      'no-number-available',
      'connect-not-configured',
      'connect-refused',
      'telephony-not-configured',
      'telephony-failed',
    ],
  },
  claimPhoneNumber: {
    headers: ['Idempotency-Key'],
    summary: 'Claim a number: the provider charges for it until it is released',
    responses: { 201: { description: 'It is yours.', schema: PhoneNumberView } },
    problems: [
      ...BODY_PROBLEMS,
      ...IDEMPOTENCY_PROBLEMS,
      'no-number-available',
      'phone-number-taken',
      'connect-not-configured',
      'connect-quota-exceeded',
      'connect-refused',
      'telephony-not-configured',
      'telephony-failed',
    ],
  },
  syncPhoneNumbers: {
    summary: 'Compare the numbers with what the providers have, and finish what had been broken off',
    responses: { 200: { description: 'Provider by provider.', schema: PhoneNumberSyncView } },
    problems: [],
  },
  releasePhoneNumber: {
    summary: 'Give a claimed number back to its provider',
    responses: { 204: { description: 'It is not yours any more.' } },
    problems: [
      'phone-number-not-found',
      'phone-number-assigned',
      'phone-number-in-channel',
      'phone-number-busy',
      'connect-not-configured',
      'connect-refused',
      'telephony-not-configured',
      'telephony-failed',
    ],
  },
  getStatistics: {
    summary: 'What all your agents did, by hour or day: calls, answers, latency, cost',
    responses: { 200: { description: 'Every period, and all together.', schema: StatisticsView } },
    problems: [],
  },
  listAgentStatistics: {
    summary: 'What each of your agents did on one day',
    responses: { 200: { description: 'Agents that did something; seconds behind.', schema: AgentStatisticsView } },
    problems: [],
  },
  getAgentStatistics: {
    summary: 'What an agent did, by hour or day',
    responses: { 200: { description: 'Every period, and all together.', schema: StatisticsView } },
    problems: ['agent-not-found'],
  },
} as const satisfies Record<string, OperationDocs>;
