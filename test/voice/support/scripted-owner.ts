import { silence } from '../../../audio/format.ts';
import { samplesOf } from '../../../audio/pcm.ts';
import type { DirectCallsDependencies } from '../../../shared/voice/direct/direct-calls.ts';
import { FencedError } from '../../../shared/voice/keeper/call-keeper.ts';
import type { VoiceTransport } from '../../../shared/voice/session/transport.ts';

/** The one ticket that holds; every other is fenced off. */
export const TICKET = 'right-ticket';
export const RESUME_TOKEN = 'resume-token';

const QUIET_FRAMES_TO_END = 25;

/** Owns a call without any model: greets, answers what is typed, hears a loud tone as a turn. */
export const scriptedOwner: DirectCallsDependencies['runCall'] = async ({ transport, claim }) => {
  if (claim.ownerToken !== TICKET) throw new FencedError(claim.callId);
  const { callId } = claim;
  transport.send({
    type: 'session.ready',
    callId,
    resumeToken: RESUME_TOKEN,
    epoch: 1,
    engine: 'nova-sonic',
    voice: 'tiffany',
    language: 'en-US',
    outputSampleRateHertz: transport.output.sampleRateHertz as 16_000,
    agentName: 'Scripted',
  });
  let turn = 0;
  let loud = 0;
  let quiet = 0;
  const answer = (text: string): void => {
    turn += 1;
    transport.send({ type: 'transcript', epoch: 1, turn, role: 'user', stage: 'final', text });
    say(transport, turn, `You said: ${text}`);
  };
  say(transport, 0, 'Hello.');
  for await (const message of transport.messages) {
    if (message.type === 'session.end') {
      transport.send({ type: 'session.ended', epoch: 1, reason: 'client-ended', callId });
      return;
    }
    if (message.type === 'text') answer(message.text);
    if (message.type !== 'audio') continue;
    const isLoud = samplesOf(message.audio).some((sample) => Math.abs(sample) > 1000);
    loud += isLoud ? 1 : 0;
    quiet = isLoud ? 0 : quiet + 1;
    if (loud >= 10 && quiet === QUIET_FRAMES_TO_END) {
      loud = 0;
      answer('something');
    }
  }
};

function say(transport: VoiceTransport, turn: number, text: string, ms = 400): void {
  transport.send({ type: 'transcript', epoch: 1, turn, role: 'assistant', stage: 'speculative', text });
  transport.send({ type: 'audio', epoch: 1, turn, audio: silence(ms, transport.output) });
  transport.send({ type: 'transcript', epoch: 1, turn, role: 'assistant', stage: 'final', text });
}
