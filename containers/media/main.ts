import { setTimeout as sleep } from 'node:timers/promises';
import { parseEnv } from '../../shared/kernel/env.ts';
import { mediaServerDependencies } from '../../shared/media/media-dependencies.ts';
import { startMediaServer } from '../../shared/media/media-server.ts';
import { MediaServerEnv } from '../../shared/media/media-server-env.ts';

/** ECS kills a task 120 s after SIGTERM; calls that are still on are ended in order before. */
const DRAIN_MS = 105_000;
const END_MS = 10_000;

const env = parseEnv(MediaServerEnv);
const over = new AbortController();
const server = await startMediaServer(mediaServerDependencies(env, over.signal), env.PORT);

process.once('SIGTERM', () => {
  const drained = server.drain();
  const late = sleep(DRAIN_MS).then(async () => {
    over.abort(new Error('The task is stopped.'));
    await Promise.race([drained, sleep(END_MS)]);
  });
  void Promise.race([drained, late])
    .then(() => server.close())
    .finally(() => process.exit(0));
});
