import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { pointer } from '../http/pointer.ts';
import { refused } from '../kernel/problems.ts';
import type { VoiceSettings } from '../voice/voice-settings.ts';
import type { ProviderPart } from './provider-names.ts';
import { addressesOf } from './providers-of.ts';
import { type AddressPolicy, addressObstacle, hostOf, isAllowedAddress } from './safe-address.ts';

/** All IP addresses of a name; empty when it has none. */
export type AddressesOfName = (name: string) => Promise<readonly string[]>;

/** By the system's resolver. A name that cannot be resolved now is not judged: each connection asks anew. */
const systemAddresses: AddressesOfName = async (name) => {
  const found = await lookup(name, { all: true }).catch(() => []);
  return found.map(({ address }) => address);
};

/**
 * Refuses addresses that are none of the public internet, before anything is stored: by what they say, and by what their
 * names stand for now. `placeOf` says where in the body an address came from. Throws `unsafe-address`.
 */
export const demandSafeAddresses = async (
  settings: VoiceSettings,
  policy: AddressPolicy,
  addressesOfName: AddressesOfName = systemAddresses,
  placeOf: (part: ProviderPart) => readonly string[] = (part) => [part, 'apiUrl'],
): Promise<void> => {
  for (const { part, address } of addressesOf(settings)) {
    const obstacle = addressObstacle(address, policy) ?? (await nameObstacle(address, policy, addressesOfName));
    if (obstacle === undefined) continue;
    throw refused([{ pointer: pointer(...placeOf(part)), message: `The address ${obstacle}`, code: 'unsafe-address' }]);
  }
};

const nameObstacle = async (
  address: string,
  policy: AddressPolicy,
  of: AddressesOfName,
): Promise<string | undefined> => {
  const host = hostOf(new URL(address));
  if (isIP(host) !== 0) return undefined;
  const addresses = await of(host);
  return addresses.every((one) => isAllowedAddress(one, policy))
    ? undefined
    : `is not one of the public internet: ${host} leads inside.`;
};
