import { afterEach, describe, expect, test, vi } from 'vitest';
import { endedSession } from '../../../web/dashboard/shell/ended-session.ts';
import { isFresh, readSession, sessionKey } from '../../../web/dashboard/shell/kept-session.ts';
import { later } from '../../../web/dashboard/shell/later.ts';
import { handOver } from '../../../web/dashboard/shell/session-relay.ts';

const CONFIG = { issuer: 'https://issuer.example', clientId: 'client' };

const keptFor = (sub: string): string =>
  JSON.stringify({
    access_token: `token of ${sub}`,
    refresh_token: 'refresh',
    expires_at: 1000,
    profile: { sub, email: `${sub}@tenant.example` },
  });

/** A tab's own storage. */
function storage(values: Readonly<Record<string, string>>) {
  const kept = new Map(Object.entries(values));
  return {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  };
}

afterEach(() => vi.unstubAllGlobals());

describe('a session', () => {
  test('is read as the library keeps it, and nothing else is taken for one', () => {
    expect(sessionKey(CONFIG)).toBe('oidc.user:https://issuer.example:client');
    const anna = {
      accessToken: 'token of anna',
      hasRefreshToken: true,
      userId: 'anna',
      email: 'anna@tenant.example',
      expiresAt: 1000,
    };
    expect(readSession(keptFor('anna'))).toEqual(anna);
    const others = [null, '', 'null', '{}', '[]', '{"access_token":"t","expires_at":1}', '{"access_token":1}'];
    expect(others.map(readSession)).toEqual(others.map(() => undefined));
    expect([isFresh(anna, 969), isFresh(anna, 970), isFresh(anna, 1001)]).toEqual([true, false, false]);
  });

  test('that has ended goes on with the one that the same person begins in another tab, and with nobody else’s', async () => {
    const tab = storage({ [sessionKey(CONFIG)]: keptFor('anna') });
    vi.stubGlobal('sessionStorage', tab);
    const ended = endedSession(CONFIG);
    const told: boolean[] = [];
    ended.onChange(() => told.push(ended.hasEnded()));
    const waiting = ended.wait();
    expect(ended.wait()).toBe(waiting);
    const begun = keptFor('anna').replace('token of anna', 'new token');
    const taken = [await handOver(keptFor('bob'), 100), await handOver(begun)];
    await waiting;
    expect({ taken, told, kept: tab.getItem(sessionKey(CONFIG)) }).toEqual({
      taken: [false, true],
      told: [true, false],
      kept: begun,
    });
  });

  test('is kept by the tab where it was begun when no tab waits for it', async () => {
    expect(await handOver(keptFor('anna'), 100)).toBe(false);
  });
});

test('what is loaded later is loaded once, and again after it failed', async () => {
  let asked = 0;
  const part = later(async () => {
    asked += 1;
    if (asked === 1) throw new Error('no network');
    return 'a page';
  });
  await expect(part.load()).rejects.toThrow('no network');
  expect(part.loaded()).toBeUndefined();
  const [one, other] = await Promise.all([part.load(), part.load()]);
  expect({ one, other, asked, loaded: part.loaded() }).toEqual({
    one: 'a page',
    other: 'a page',
    asked: 2,
    loaded: 'a page',
  });
});
