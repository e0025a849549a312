import { adviceFor } from '../voice/advice.ts';
import { type CallView, NO_CALL, withMessage } from '../voice/call-view.ts';
import type { Credential } from '../voice/connection.ts';
import { type Loudspeaker, loudspeaker } from '../voice/loudspeaker.ts';
import { type Microphone, microphoneProblem, openMicrophone } from '../voice/microphone.ts';
import type { PlaybackReport } from '../voice/playback-worklet.ts';
import { type SessionClient, sessionClient } from '../voice/session-client.ts';
import { IDLE, isOver, type SessionState } from '../voice/session-machine.ts';
import { asLevel } from './words.ts';

/** One page's calls, one after the other. */
export interface TalkCall {
  readonly toggle: () => void;
  readonly toggleMute: () => void;
  readonly type: (text: string) => void;
  readonly press: (digit: string) => void;
  /** Goes on with another agent, in the middle of a call. */
  readonly switchTo: (agentId: string) => void;
  readonly isOn: () => boolean;
}

/** What shows a call: the talk page, or a part of another one. */
export interface TalkScreen {
  readonly drawState: (state: SessionState, call: { readonly muted: boolean; readonly hasMicrophone: boolean }) => void;
  readonly drawView: (view: CallView) => void;
  /** Nothing when all is well. */
  readonly drawProblem: (advice: { readonly title: string; readonly remedy: string } | undefined) => void;
  /** Loudness, 0 to 1, of the caller (`in`) or the agent (`out`). */
  readonly drawLevel: (way: 'in' | 'out', level: number) => void;
  /** Once a second while the call goes on. */
  readonly drawElapsed: (seconds: number) => void;
}

/** Played audio is reported this often; the session reckons what the caller has heard. */
const REPORT_EVERY_MS = 500;

/** Calls by microphone and loudspeaker; `workletAt` says where the scripts of `playback` and `capture` are served. */
export function talkCall(credential: Credential, workletAt: (name: string) => string, screen: TalkScreen): TalkCall {
  const { drawState, drawView, drawProblem, drawLevel } = screen;
  let context: AudioContext | undefined;
  let speaker: Loudspeaker | undefined;
  /** The greeting may come before the loudspeaker is ready. */
  let early: Parameters<Loudspeaker['play']>[0][] = [];
  let microphone: Microphone | undefined;
  let view: CallView = NO_CALL;
  let muted = false;
  let startedAtMs = 0;
  let reportedAtMs = 0;

  const draw = (state: SessionState): void => {
    drawState(state, { muted, hasMicrophone: microphone !== undefined });
    if (state.phase === 'failed') drawProblem(state.advice);
  };
  const client: SessionClient = sessionClient(credential, {
    changed: draw,
    heard: (message) => {
      if (message.type === 'session.ready' && startedAtMs === 0) startedAtMs = performance.now();
      view = withMessage(view, message);
      drawView(view);
    },
    play: (frame) => {
      if (speaker === undefined) early.push(frame);
      else speaker.play(frame);
    },
    flush: () => {
      early = [];
      speaker?.flush();
    },
    rest: () => {
      microphone?.stop();
      microphone = undefined;
      startedAtMs = 0;
      drawLevel('in', 0);
    },
  });
  const report = ({ position, peak, flushed }: PlaybackReport): void => {
    drawLevel('out', peak);
    if (!flushed && performance.now() - reportedAtMs < REPORT_EVERY_MS && peak > 0) return;
    reportedAtMs = performance.now();
    client.dispatch({ type: 'played', ...position });
  };
  /**
   * Sound may begin only after a person has pressed something; so all of it begins here. Safari asks that it begins
   * before anything is waited for, and never answers a wish that came too late: nobody waits for its answer.
   */
  const openSound = async (): Promise<void> => {
    context ??= new AudioContext({ latencyHint: 'interactive' });
    keepRunning(context);
    if (speaker === undefined) {
      for (const name of ['playback', 'capture']) {
        await context.audioWorklet.addModule(workletAt(name));
      }
      speaker = loudspeaker(context, report);
      early.forEach(speaker.play);
      early = [];
    }
  };
  const openMic = async (): Promise<void> => {
    try {
      if (context === undefined || isOver(client.state().phase)) return;
      const opened = await openMicrophone(context, {
        audio: (audio) => client.dispatch({ type: 'audio', audio }),
        level: (db) => drawLevel('in', asLevel(db)),
      });
      if (isOver(client.state().phase)) return opened.stop();
      // A page that listens may sound (Safari), whatever it was told before.
      keepRunning(context);
      microphone = opened;
      microphone.mute(muted);
      draw(client.state());
    } catch (error) {
      drawProblem(adviceFor(microphoneProblem(error)));
    }
  };
  const start = async (): Promise<void> => {
    view = NO_CALL;
    drawView(view);
    drawProblem(undefined);
    speaker?.reset();
    client.dispatch({ type: 'start', route: 'direct' });
    try {
      await openSound();
    } catch {
      drawProblem(adviceFor('unsupported'));
      client.dispatch({ type: 'end' });
      return;
    }
    await openMic();
  };
  setInterval(() => {
    if (startedAtMs > 0) screen.drawElapsed((performance.now() - startedAtMs) / 1000);
  }, 1000);
  draw(IDLE);
  drawView(view);

  return {
    toggle: () => {
      if (isOver(client.state().phase)) void start();
      else client.dispatch({ type: 'end' });
    },
    toggleMute: () => {
      muted = !muted;
      microphone?.mute(muted);
      draw(client.state());
    },
    type: (text) => client.dispatch({ type: 'text', text }),
    press: (digits) => client.dispatch({ type: 'dtmf', digits }),
    switchTo: (agentId) => client.dispatch({ type: 'switch-agent', agentId }),
    isOn: () => !isOver(client.state().phase),
  };
}

/** Also after a phone call has interrupted the page (Safari), when the next one is begun. */
const keepRunning = (context: AudioContext): void => {
  context.resume().catch(() => undefined);
};
