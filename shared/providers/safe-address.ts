import { BlockList, isIP } from 'node:net';

/**
 * Where services of tenants may be: on the public internet; `public-and-loopback` is for a stage that runs whole on one
 * machine, whose providers are there, too.
 */
export const ADDRESS_POLICIES = ['public', 'public-and-loopback'] as const;
export type AddressPolicy = (typeof ADDRESS_POLICIES)[number];

/** IPv4 networks that are nobody's on the internet (IANA IPv4 Special-Purpose Address Registry, and multicast). */
const SPECIAL_IPV4: readonly (readonly [network: string, bits: number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
];

/** Of the global unicast block, what is none: protocols (Teredo among them), documentation, 6to4 (it holds an IPv4 address). */
const SPECIAL_IPV6: readonly (readonly [network: string, bits: number])[] = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
];

const listOf = (family: 'ipv4' | 'ipv6', networks: readonly (readonly [string, number])[]): BlockList => {
  const list = new BlockList();
  for (const [network, bits] of networks) list.addSubnet(network, bits, family);
  return list;
};

const SPECIAL_4 = listOf('ipv4', SPECIAL_IPV4);
const SPECIAL_6 = listOf('ipv6', SPECIAL_IPV6);
const LOOPBACK_4 = listOf('ipv4', [['127.0.0.0', 8]]);
/** Everything else of IPv6 is special: loopback, unique local, link-local, mapped IPv4, NAT64, multicast (RFC 4291). */
const GLOBAL_6 = listOf('ipv6', [['2000::', 3]]);

const isPublic = (address: string): boolean =>
  isIP(address) === 4
    ? !SPECIAL_4.check(address, 'ipv4')
    : GLOBAL_6.check(address, 'ipv6') && !SPECIAL_6.check(address, 'ipv6');

const isLoopback = (address: string): boolean =>
  isIP(address) === 4 ? LOOPBACK_4.check(address, 'ipv4') : address === '::1';

/** Whether this IP address may be spoken to. */
export const isAllowedAddress = (address: string, policy: AddressPolicy): boolean =>
  isIP(address) !== 0 && (isPublic(address) || (policy === 'public-and-loopback' && isLoopback(address)));

/** Names that never stand for a host of the internet (RFC 6761, RFC 6762, RFC 8375, and what clouds use inside). */
const INNER_NAMES = /(?:^|\.)(?:localhost|local|internal|home\.arpa|invalid|test|onion)$/;

/** The host of an address as it is dialled: an IPv6 one without brackets, a name without the root's dot. */
export const hostOf = (url: URL): string => url.hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '');

/**
 * Why this address is refused before anybody asks DNS for it, in words that follow "The address"; undefined when
 * nothing is against it. A URL's parser has read decimal, octal and hexadecimal IPv4 already.
 */
export const addressObstacle = (address: string, policy: AddressPolicy): string | undefined => {
  if (!URL.canParse(address)) return 'cannot be read.';
  const url = new URL(address);
  const host = hostOf(url);
  if (url.username !== '' || url.password !== '') return 'holds a user name or password: keys go into apiKey.';
  if (isIP(host) !== 0) {
    if (!isAllowedAddress(host, policy)) return `is not one of the public internet: ${host}.`;
  } else if (!host.includes('.') || INNER_NAMES.test(host)) {
    if (policy !== 'public-and-loopback' || host !== 'localhost') return `is not one of the public internet: ${host}.`;
  }
  const isSecure = url.protocol === 'https:' || url.protocol === 'wss:';
  if (!isSecure && policy === 'public') return 'must begin with https:// or wss://: keys travel over it.';
  return undefined;
};
