import { useCallback, useEffect, useRef, useState } from 'react';
import { type TalkCall, talkCall } from '../../talk/call.ts';
import { type CallView, NO_CALL } from '../../voice/call-view.ts';
import { IDLE, type SessionState } from '../../voice/session-machine.ts';
import { useSession } from '../shell/session.ts';

export interface Talk {
  readonly state: SessionState;
  readonly view: CallView;
  readonly muted: boolean;
  readonly hasMicrophone: boolean;
  readonly problem: { readonly title: string; readonly remedy: string } | undefined;
  readonly elapsedSeconds: number;
  readonly levels: { readonly in: number; readonly out: number };
  /** Calls, or hangs up. To be called by something a person has pressed: sound may begin only then. */
  readonly toggle: () => void;
  readonly toggleMute: () => void;
  readonly type: (text: string) => void;
  readonly switchTo: (agentId: string) => void;
}

interface Shown {
  readonly state: SessionState;
  readonly muted: boolean;
  readonly hasMicrophone: boolean;
}

/** A call with the agent from this page, by microphone and loudspeaker; hung up when the page is left. */
export function useTalk(agentId: string): Talk {
  const { auth, config } = useSession();
  const call = useRef<TalkCall>(undefined);
  const [shown, setShown] = useState<Shown>({ state: IDLE, muted: false, hasMicrophone: false });
  const [view, setView] = useState<CallView>(NO_CALL);
  const [problem, setProblem] = useState<Talk['problem']>();
  const [elapsedSeconds, setElapsed] = useState(0);
  const [levels, setLevels] = useState({ in: 0, out: 0 });
  const token = useRef('');
  useEffect(() => {
    // Fetched beforehand: between the press and the first sound nothing may be waited for (Safari).
    void auth.token().then((now) => {
      token.current = now;
    });
    return () => {
      if (call.current?.isOn() === true) call.current.toggle();
    };
  }, [auth]);
  const current = useCallback((): TalkCall => {
    if (call.current?.isOn() === true) return call.current;
    const credential = { apiOrigin: config.api.replace(/\/api(\/v1)?$/, ''), agentId, key: token.current };
    const at = (name: string): string => `${credential.apiOrigin}/talk/${name}.js`;
    call.current = talkCall(credential, at, {
      drawState: (state, { muted, hasMicrophone }) => setShown({ state, muted, hasMicrophone }),
      drawView: setView,
      drawProblem: setProblem,
      drawLevel: (way, level) => setLevels((now) => ({ ...now, [way]: level })),
      drawElapsed: setElapsed,
    });
    return call.current;
  }, [config, agentId]);
  return {
    ...shown,
    view,
    problem,
    elapsedSeconds,
    levels,
    toggle: () => {
      void auth.token().then((now) => {
        token.current = now;
      });
      current().toggle();
    },
    toggleMute: () => call.current?.toggleMute(),
    type: (text) => call.current?.type(text),
    switchTo: (to) => call.current?.switchTo(to),
  };
}
