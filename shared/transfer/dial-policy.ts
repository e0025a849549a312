import * as z from 'zod';

/** Beginning of a number in E.164: a country (`+44`), or a part of one (`+1809`). */
const DialPrefix = z.string().regex(/^\+[1-9]\d{0,9}$/, 'A prefix is a plus and digits: +1, +44.');

/** Where people whom calls are passed on to may be: what begins so, unless it is dear. */
export const DialPrefixes = z.array(DialPrefix).min(1).max(100);

/**
 * What costs more than a call does, or is more often dialled by fraud than by people: premium-rate and personal
 * numbers, satellite phones and international networks, and of +1 the area codes of the Caribbean. From national
 * numbering plans and ITU-T E.164, written down from memory (2026-11); one that is meant is named as a prefix of its own.
 */
const DEAR =
  '+1900 +1242 +1246 +1264 +1268 +1284 +1345 +1441 +1473 +1649 +1658 +1664 +1721 +1758 +1767 +1784 +1809 +1829 +1849 +1868 +1869 +1876 +449 +4470 +4487 +49900 +49137 +49180 +3389 +3480 +39892 +39899 +439 +41900 +41901 +41906 +800 +808 +870 +878 +881 +882 +883 +888 +979'.split(
    ' ',
  );

/** Whether a call may be passed on to this number (E.164); of an allowed and a dear prefix the longer one counts. */
export const mayDial = (phoneNumber: string, allowed: readonly string[]): boolean => {
  const longest = (prefixes: readonly string[]): number =>
    Math.max(0, ...prefixes.filter((prefix) => phoneNumber.startsWith(prefix)).map(({ length }) => length));
  const allowedBy = longest(allowed);
  return allowedBy > 0 && allowedBy >= longest(DEAR);
};

/** The same as the environment of a function has it: joined by commas. */
export const DialPrefixList = z
  .string()
  .transform((text) => text.split(','))
  .pipe(DialPrefixes);
