import { parseEnv } from '../../../shared/kernel/env.ts';
import { answerCustomerMessageDependencies } from '../../../shared/social/answer-customer-dependencies.ts';
import { AnswerCustomerMessageEnv } from '../../../shared/social/answer-customer-env.ts';
import { answerCustomerMessages } from '../../../shared/social/answer-customer-message.ts';

export const handler = answerCustomerMessages(answerCustomerMessageDependencies(parseEnv(AnswerCustomerMessageEnv)));
