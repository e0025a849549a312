import { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Writable } from 'node:stream';
import type { FaultRule } from './faults.ts';
import { AwsError, type AwsService, type Call, type CloudClock, type Principal } from './service.ts';

export interface FaultedCall {
  readonly service: AwsService;
  readonly call: Call;
  readonly fault: FaultRule | undefined;
  readonly clock: CloudClock;
  readonly crashCaller: (principal: Principal) => void;
}

/** A response that goes nowhere: what the service writes is thrown away, and `written` told of it. */
function sink(call: Call, written: () => void): Call {
  const response = new ServerResponse(call.request.incoming);
  const nowhere = new Writable({
    write: (_chunk, _encoding, done) => {
      written();
      done();
    },
  });
  response.assignSocket(nowhere as unknown as Socket);
  // A server closes the responses it has finished; nobody serves this one.
  response.once('finish', () => response.emit('close'));
  return { ...call, request: { ...call.request, response } };
}

/**
 * Lets the request take effect without an answer. An error of the service is lost with the answer. A stream of events
 * has taken effect when its answer begins: its end may wait for a caller who waits for the answer.
 */
async function takeEffectUnheard(service: AwsService, call: Call): Promise<void> {
  const begun = Promise.withResolvers<void>();
  const ended = service.handle(sink(call, begun.resolve)).catch((error: unknown) => {
    if (!(error instanceof AwsError)) throw error;
  });
  await (call.request.frames ? Promise.race([begun.promise, ended]) : ended);
}

/** Breaks the connection; of HTTP/2, the one stream (`socket` is a proxy of it there). */
const hangUp = ({ request }: Call): void => void request.incoming.socket.destroy();

/** Handles the call as the fault plan wants it. Throws the error of a `throttle` or `server-error`. */
export async function handleWithFault({ service, call, fault, clock, crashCaller }: FaultedCall): Promise<void> {
  switch (fault?.kind) {
    case 'throttle':
      throw new AwsError('ThrottlingException', 'Rate exceeded', 429);
    case 'server-error':
      throw new AwsError('InternalServerException', 'An internal error occurred (injected).', 500);
    case 'timeout-after-effect':
      await takeEffectUnheard(service, call);
      hangUp(call);
      return;
    case 'crash':
      await takeEffectUnheard(service, call);
      crashCaller(call.principal);
      hangUp(call);
      return;
    case 'duplicate':
      // A stream can be read once only.
      if (!call.request.frames) await takeEffectUnheard(service, call);
      return service.handle(call);
    case 'slow':
      await clock.sleep(fault.delayMs ?? 1000);
      return service.handle(call);
    case undefined:
      return service.handle(call);
  }
}
