import { asSentence, countOf } from '../calls/words.ts';
import type { NumberRow, SyncReport } from './number-types.ts';

export const PROVIDER_NAMES: Readonly<Record<NumberRow['provider'], string>> = {
  twilio: 'Twilio',
  connect: 'Amazon Connect',
};

const countries = new Intl.DisplayNames('en', { type: 'region' });

/** `DE` → `Germany` */
export const countryName = (code: string | null): string => (code === null ? '–' : (countries.of(code) ?? code));

/** What a number can do: `Voice, SMS`. */
export const capabilityWords = ({ voice, sms, mms }: NumberRow['capabilities']): string =>
  [voice && 'Voice', sms && 'SMS', mms && 'MMS'].filter(Boolean).join(', ') || '–';

/** A status for people; a number that its provider does not have any more is told as such. */
export const statusWords = ({ status, vanishedAt }: NumberRow): string => {
  if (vanishedAt !== null) return 'Gone at the provider';
  return status === 'pointing' ? 'Not confirmed yet' : asSentence(status);
};

/** What a comparison found, provider by provider. */
export const syncWords = ({ twilio, connect }: SyncReport): readonly string[] =>
  [['Twilio', twilio] as const, ['Amazon Connect', connect] as const].map(([name, outcome]) => {
    if (outcome.status === 'not-configured') return `${name}: not set up in this stage.`;
    if (outcome.status === 'failed') return `${name}: failed. ${outcome.detail ?? ''}`.trim();
    const changes = [
      outcome.added > 0 && `${outcome.added} new`,
      outcome.vanished > 0 && `${outcome.vanished} gone`,
      outcome.repaired > 0 && `${outcome.repaired} finished`,
    ].filter(Boolean);
    return `${name}: ${countOf(outcome.numbers, 'number')}${changes.length > 0 ? `, ${changes.join(', ')}` : ''}.`;
  });

/** Countries in which both providers commonly have numbers; by name. */
export const COUNTRIES: readonly string[] =
  'AT AU BE BR CA CH CL CO CZ DE DK ES FI FR GB GR HK HU IE IL IT JP KR LT LU MX NL NO NZ PL PT RO SE SG SK US ZA'
    .split(' ')
    .sort((a, b) => countryName(a).localeCompare(countryName(b)));
