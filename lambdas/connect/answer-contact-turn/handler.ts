import { AnswerContactTurnEnv, answerContactTurn } from '../../../shared/connect/answer-contact-turn.ts';
import { answerContactTurnDependencies } from '../../../shared/connect/connect-dependencies.ts';
import { parseEnv } from '../../../shared/kernel/env.ts';

export const handler = answerContactTurn(answerContactTurnDependencies(parseEnv(AnswerContactTurnEnv)));
