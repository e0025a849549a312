import { expect, test } from 'vitest';
import type { CallLook, KnownOfOutside } from '../../../shared/voice/keeper/call-keeper.ts';
import { createLookLoop } from '../../../shared/voice/session/look-loop.ts';
import type { SessionParts } from '../../../shared/voice/session/session-parts.ts';
import { virtualClock } from '../support/virtual-clock.ts';

const NOTHING: CallLook = { commands: [], contextVersion: 0, settingsVersion: 0, watchers: [] };

test('looks each second, and at once when told, also while it looks: then nothing older will do', async () => {
  const clock = virtualClock(0);
  const looks: (KnownOfOutside & { readonly atMs: number })[] = [];
  const over = new AbortController();
  const looking = Promise.withResolvers<void>();
  const keeper = {
    look: async (known: KnownOfOutside) => {
      looks.push({ ...known, atMs: clock.now() });
      if (looks.length === 3) await looking.promise;
      return NOTHING;
    },
  };
  const deps = { keeper, clock, log: () => undefined, callId: 'call', epoch: 1 };
  const loop = createLookLoop(
    { deps, over } as unknown as Pick<SessionParts, 'deps' | 'over'>,
    () => ({ afterCommand: 0 }),
    () => undefined,
  );
  const run = loop.run().catch((error: unknown) => error);
  await clock.advance(1000);
  await clock.advance(300);
  loop.lookNow();
  await clock.advance(0);
  loop.lookNow();
  looking.resolve();
  await clock.advance(1000);
  over.abort(new Error('over'));
  expect({ looks, ended: await run }).toEqual({
    looks: [
      { afterCommand: 0, atMs: 0 },
      { afterCommand: 0, atMs: 1000 },
      { afterCommand: 0, isTold: true, atMs: 1300 },
      { afterCommand: 0, isTold: true, atMs: 1300 },
      { afterCommand: 0, atMs: 2300 },
    ],
    ended: new Error('over'),
  });
});
