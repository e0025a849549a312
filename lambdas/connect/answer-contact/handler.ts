import { AnswerContactEnv, answerContact } from '../../../shared/connect/answer-contact.ts';
import { answerContactDependencies } from '../../../shared/connect/connect-dependencies.ts';
import { parseEnv } from '../../../shared/kernel/env.ts';

export const handler = answerContact(answerContactDependencies(parseEnv(AnswerContactEnv)));
