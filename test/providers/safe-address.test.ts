import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ProviderError } from '../../shared/providers/provider-error.ts';
import { providerNetwork, type Resolve } from '../../shared/providers/provider-network.ts';
import { addressObstacle, isAllowedAddress } from '../../shared/providers/safe-address.ts';

describe('an address that a tenant names', () => {
  it.each([
    'http://api.example.com/v1',
    'https://localhost/',
    'https://printer/',
    'https://db.internal/',
    'https://router.local./',
    'https://127.0.0.1/',
    'https://2130706433/',
    'https://0x7f.1/',
    'https://0177.0.0.1/',
    'https://10.1.2.3/',
    'https://172.31.0.1/',
    'https://192.168.1.1/',
    'https://169.254.169.254/latest/meta-data/',
    'https://100.64.0.1/',
    'https://0.0.0.0/',
    'https://[::1]/',
    'https://[::]/',
    'https://[::ffff:127.0.0.1]/',
    'https://[::ffff:8.8.8.8]/',
    'https://[64:ff9b::a00:1]/',
    'https://[2002:7f00:1::]/',
    'https://[fd00:ec2::254]/',
    'https://[fe80::1]/',
    'https://[2001:db8::1]/',
    'https://user:pass@api.example.com/',
    'wss://10.0.0.1/',
    'ws://stt.example.com/',
  ])('is refused: %s', (address) => {
    expect(addressObstacle(address, 'public')).toEqual(expect.any(String));
  });

  it.each([
    'https://api.groq.com/openai/v1',
    'wss://stt.example.com/x',
    'https://8.8.8.8/',
    'https://[2606:4700::1111]/',
  ])('is good on the internet: %s', (address) => {
    expect(addressObstacle(address, 'public')).toBeUndefined();
  });

  it('is good on loopback for a stage that runs on one machine, and nowhere else inside', () => {
    const obstacles = [
      'http://127.0.0.1:8003/',
      'ws://localhost:1/',
      'http://[::1]/',
      'http://10.0.0.1/',
      'http://169.254.169.254/',
    ].map((address) => addressObstacle(address, 'public-and-loopback') === undefined);
    expect(obstacles).toEqual([true, true, true, false, false]);
  });

  it('of the private blocks is none of the internet, whichever it is', () => {
    const octet = fc.nat(255);
    const inside = fc.oneof(
      fc.tuple(fc.constant(10), octet, octet, octet),
      fc.tuple(fc.constant(172), fc.integer({ min: 16, max: 31 }), octet, octet),
      fc.tuple(fc.constant(192), fc.constant(168), octet, octet),
      fc.tuple(fc.constant(127), octet, octet, octet),
      fc.tuple(fc.constant(169), fc.constant(254), octet, octet),
    );
    fc.assert(fc.property(inside, (octets) => !isAllowedAddress(octets.join('.'), 'public')));
  });
});

describe('the way to a provider', () => {
  const signal = new AbortController().signal;
  const fault = async (trying: Promise<unknown>) =>
    trying.then(
      () => 'reached',
      (error: unknown) => (error instanceof ProviderError ? error.fault : String(error)),
    );

  it('is closed when any address of the name leads inside, also if it did not when the name was written down', async () => {
    const resolve: Resolve = (_name, _options, callback) =>
      callback(null, [
        { address: '93.184.216.34', family: 4 },
        { address: '10.0.0.7', family: 4 },
      ]);
    const network = providerNetwork('public', resolve);
    expect(await fault(network.fetch('https://api.example.com/', { method: 'GET', headers: {}, signal }))).toBe(
      'unsafe-address',
    );
    expect(() => network.dialing('wss://169.254.169.254/')).toThrow(ProviderError);
  });
});
