import { httpLambda } from '../../../shared/http/http-lambda.ts';
import { parseEnv } from '../../../shared/kernel/env.ts';
import { CreateOperatorTicketEnv, createOperatorTicket } from '../../../shared/live/create-operator-ticket.ts';
import { operatorTicketDependencies } from '../../../shared/live/live-dependencies.ts';
import { LIVE_OPERATIONS } from '../../../shared/live/live-operations.ts';

const deps = operatorTicketDependencies(parseEnv(CreateOperatorTicketEnv));
export const handler = httpLambda(LIVE_OPERATIONS)({ createOperatorTicket: createOperatorTicket(deps) });
