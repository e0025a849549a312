import { costOfUsage, type Tariff } from '../../calls/prices.ts';
import type { CallBriefing } from '../keeper/call-keeper.ts';
import type { EngineChoice, Pricing } from '../session/session-ports.ts';
import { type ChosenEngine, type EngineDependencies, engineOf, fallbackOf } from './engines.ts';

/** Engines as one call uses them, and what their usage costs. */
export interface CallEngines {
  /** The one the agent's settings name, then what a call falls to. Throws `SpeechModelError`. */
  readonly engines: (briefing: CallBriefing) => readonly EngineChoice[];
  readonly ofUsage: Pricing['ofUsage'];
}

/**
 * One of these for each call: usage is priced by what the call's settings named. What engines need may depend on whose
 * call it is; `now` is Unix milliseconds.
 */
export function callEngines(depsOf: (briefing: CallBriefing) => EngineDependencies, now: () => number): CallEngines {
  const tariffs = new Map<string, Tariff>();
  return {
    engines: (briefing) => {
      const { settings } = briefing;
      const deps = depsOf(briefing);
      const chosen = [engineOf(settings, deps), fallbackOf(settings, deps)];
      return chosen
        .filter((one): one is ChosenEngine => one !== undefined)
        .map(({ engine, modelId, tariff }) => {
          tariffs.set(tariffKey(engine.name, modelId), tariff);
          const voiceFor: EngineChoice['voiceFor'] = (wish) =>
            engineOf({ ...settings, ...wish, engine: engine.name }, deps).voice;
          return { engine, modelId, voiceFor };
        });
    },
    ofUsage: (usage, { name, modelId }) => {
      const tariff = tariffs.get(tariffKey(name, modelId)) ?? {
        modelId,
        speechToText: 'transcribe',
        textToSpeech: 'polly-neural',
      };
      return costOfUsage(usage, tariff, now());
    },
  };
}

/** A call may have had several agents: what one of them spoke through is priced by its model. */
const tariffKey = (name: string, modelId: string): string => `${name} ${modelId}`;
