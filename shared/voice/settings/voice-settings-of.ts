import type { Agent } from '../../agents/agent.ts';
import { VoiceSettings } from '../voice-settings.ts';

/** How an agent speaks; the defaults where nobody has said, and for every setting that is younger than the row. */
export const voiceSettingsOf = ({ voice }: Pick<Agent, 'voice'>): VoiceSettings => VoiceSettings.parse(voice ?? {});
