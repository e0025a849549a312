/**
 * The ElizaOS server of a stage. What it leaves open by default is closed here, before any of its code runs: see
 * docs/adr/0044-elizaos-is-a-reply-engine.md.
 */
const demanded = ['ELIZA_SERVER_AUTH_TOKEN', 'SECRET_SALT', 'OPENAI_API_KEY', 'PGLITE_DATA_DIR'];
const missing = demanded.filter((name) => !process.env[name]);
// Without a token every route is open, and nobody would notice.
if (missing.length > 0) throw new Error(`The environment lacks ${missing.join(', ')}.`);

Object.assign(process.env, {
  // An empty value would send errors, and the words in them, to the vendor.
  SENTRY_DSN: 'http://nobody@127.0.0.1:9/1',
  ELIZA_NO_PLUGIN_AUTO_INSTALL: 'true',
  ELIZA_UI_ENABLE: 'false',
  DISABLE_WEB_UI: 'true',
});

const [{ setAllowedEnvVars }, { AgentServer }] = await Promise.all([
  import('@elizaos/core'),
  import('@elizaos/server'),
]);
// Otherwise each agent gets the whole environment as its secrets, the token among them, and the database keeps them.
// Plugins read what they need (OPENAI_*) from the environment itself.
setAllowedEnvVars(new Set());

const server = new AgentServer();
await server.start({ port: Number(process.env.PORT ?? '3000'), dataDir: process.env.PGLITE_DATA_DIR });

process.once('SIGTERM', () => {
  void server.stop().finally(() => process.exit(0));
});
