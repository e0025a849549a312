/** Flite's voices: American woman, American man, Scottish man, and the synthetic man of old. */
export type FliteVoice = 'slt' | 'rms' | 'awb' | 'kal16';

const OWN: ReadonlyMap<string, FliteVoice> = new Map([
  ['slt', 'slt'],
  ['rms', 'rms'],
  ['awb', 'awb'],
  ['kal', 'kal16'],
  ['kal16', 'kal16'],
]);

/** Male voices of Nova Sonic, Polly and OpenAI by the names in their documentation (2026-11). */
const AMERICAN_MEN = new Set(
  'matthew carlos diego lennart lorenzo florian leo rohan joey justin kevin stephen gregory patrick russell miguel ash echo verse cedar onyx ballad'.split(
    ' ',
  ),
);
const BRITISH_MEN = new Set('brian arthur geraint george arjun fable'.split(' '));

/** The voice that comes nearest; a name nobody knows is a woman's. */
export function fliteVoice(engineVoice: string): FliteVoice {
  const name = engineVoice.toLowerCase();
  const own = OWN.get(name);
  if (own) return own;
  if (BRITISH_MEN.has(name)) return 'awb';
  return AMERICAN_MEN.has(name) ? 'rms' : 'slt';
}
