/**
 * Asks an agent a question with the typed client:
 *
 *   ORATIO_API_URL=http://127.0.0.1:4100 ORATIO_TOKEN=… node examples/client/ask.ts "Cozy Comfort" "How long can I return a mattress?"
 *
 * The token is an access token (`oratio login` keeps one), or an API key together with the agent's id.
 */
import { createOratioClient, OratioProblem } from '../../client/index.ts';

const [agent = '', question = 'What can you help me with?'] = process.argv.slice(2);
const client = createOratioClient({
  baseUrl: process.env.ORATIO_API_URL ?? 'http://127.0.0.1:4100',
  token: () => process.env.ORATIO_TOKEN ?? '',
});

async function agentId(): Promise<string> {
  if (/^[0-9a-f-]{36}$/.test(agent)) return agent;
  for await (const one of client.items('listAgents')) if (one.agentName === agent) return one.agentId;
  throw new Error(`There is no agent called "${agent}".`);
}

try {
  const { data } = await client.call('sendMessage', { path: { agentId: await agentId() }, body: { text: question } });
  process.stdout.write(`${data.answer}\n`);
  for (const { marker, path } of data.citations) process.stdout.write(`[${marker}] ${path}\n`);
} catch (error) {
  if (!(error instanceof OratioProblem)) throw error;
  process.stderr.write(`${error.message} (${error.code})\n`);
  process.exitCode = 1;
}
