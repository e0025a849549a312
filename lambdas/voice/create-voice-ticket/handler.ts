import { ACCESS_OPERATIONS } from '../../../shared/access/access-operations.ts';
import { CreateVoiceTicketEnv, createVoiceTicket } from '../../../shared/access/create-voice-ticket.ts';
import { voiceTicketDependencies } from '../../../shared/access/voice-ticket-dependencies.ts';
import { httpLambda } from '../../../shared/http/http-lambda.ts';
import { parseEnv } from '../../../shared/kernel/env.ts';

const deps = voiceTicketDependencies(parseEnv(CreateVoiceTicketEnv));
export const handler = httpLambda(ACCESS_OPERATIONS)({ createVoiceTicket: createVoiceTicket(deps) });
