import * as z from 'zod';
import { CallId } from '../calls/call.ts';
import { CustomerRef } from '../customers/customer-ref.ts';

/** Body of `POST /voice-tickets`. */
export const CreateVoiceTicketBody = z
  .strictObject({
    agentId: z.uuid().toLowerCase().meta({ example: '019a5c1e-7d00-7a3b-9c55-2f6d1c0a4b11' }),
    transport: z.enum(['relay', 'direct']).default('relay').meta({
      description: 'How sound travels: over our WebSocket API, or straight to the agent’s own runtime.',
    }),
    customerRef: CustomerRef.optional().meta({
      description: 'Who will speak, by your own name for them: the agent knows what they said before.',
      example: 'customer-4711',
    }),
    callId: CallId.optional().meta({
      description:
        '`direct`: a call of yours that goes on, whose address is needed again because its connection broke or grows old.',
    }),
  })
  .refine(({ callId, transport }) => callId === undefined || transport === 'direct', {
    path: ['callId'],
    message: 'Over the relay any ticket for the agent lets its calls go on.',
  })
  .meta({ id: 'CreateVoiceTicket' });

export const VoiceTicketView = z
  .object({
    ticket: z.string().optional().meta({
      description:
        'Good for one connection. `direct`: to be sent in `session.start`; `relay`: already in the address. Absent for a call that goes on: its resume token is the proof.',
    }),
    expiresAt: z.int().meta({ description: 'Unix seconds; a minute from now.', example: 1_795_000_060 }),
    webSocketUrl: z.string().meta({
      description: 'Where to connect, as it is.',
      example: 'wss://a1b2c3.execute-api.us-east-1.amazonaws.com/live?ticket=…',
    }),
    transport: z.enum(['relay', 'direct']),
    callId: z.uuid().optional().meta({ description: '`direct`: the call, which begins with the connection.' }),
  })
  .meta({ id: 'VoiceTicket' });
