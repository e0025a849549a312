/** Everything that is measured, with the text of its section in `bench/README.md`. */
import { bundlesTable, measureBundles } from './bundles.ts';
import { channelsReport, measureChannels } from './channels/channels.ts';
import { bedrockTable, costTable, measureCreations, overheadTable } from './create.ts';
import type { CreateRun } from './create-run.ts';
import { dashboardTable, measureDashboard } from './dashboard/dashboard.ts';
import { measureLive } from './live/live.ts';
import { measureScale, scaleTable } from './scale.ts';
import { measureStarts, startsTable } from './startup.ts';
import { measureThroughput, throughputTable } from './throughput.ts';
import { measureVoice, voiceReport } from './voice/voice.ts';

export interface Bench {
  /** What is typed after `npm run bench`. */
  readonly name: string;
  readonly title: string;
  /** How it is measured and what the bar is. */
  readonly method: string;
  /** Measures and gives the tables. */
  readonly run: () => Promise<string>;
}

/** The tables of the creations: overhead of all, costs of the run with the stage's defaults. */
export function creationReport(runs: readonly CreateRun[]): string {
  const usual = runs.find(({ scenario }) => scenario.name.includes('(default)')) ?? runs[0];
  if (usual === undefined) throw new Error('nothing was measured');
  return [overheadTable(runs), `Used by the run "${usual.scenario.name}":`, costTable(usual), bedrockTable(usual)].join(
    '\n\n',
  );
}

export const BENCHES: readonly Bench[] = [
  {
    name: 'start',
    title: 'From nothing to the first answer',
    method: `\`npm start -- --once\` in a copy of the sources with the dependencies installed: first with nothing built, so that it
bundles and synthesizes, starts the embedded cloud, creates the example agent and asks it; then again over the same
state. Bars for two cores: 30 s and 3 s to the first answer.`,
    run: async () => startsTable(await measureStarts()),
  },
  {
    name: 'create',
    title: 'One creation: overhead and cost',
    method: `A small agent (two files, an SOP of five clauses) is created once, cold, in an embedded cloud whose managed services
take a given time. *Services* is the longest chain of their own latencies: knowledge base and ingestion job, or the
AgentCreator beside them, then the runtime, then its endpoint. *Create* is from sending the request until the row says
\`active\`. What lies between is ours: looking too late, functions (the sum of all, cold starts of this machine included)
and the code check. Bar: at most a tenth. Latencies like AWS's are assumptions (\`bench/create.ts\`), for AWS
publishes none; the embedded cloud's own are a fiftieth of that or less, so that the shortest wait a state
machine can make, one second, outweighs them: no setting meets the bar there. Transitions are counted in the
execution's history, calls by the embedded cloud's trace, both without the calls of whoever waits for the agent.
Write units are an upper estimate of rows below 4 kB; prices without a free tier, "memory" means from ours,
not checked against a price list, "notes" from the verified notes the design was made with.`,
    run: async () => creationReport(await measureCreations()),
  },
  {
    name: 'dashboard',
    title: 'Loading the dashboard',
    method: `Chromium with an empty cache loads a Cloudscape page with nothing in it (top bar, side bar, heading) and the
dashboard's list of agents, signed in, by turns, each seven times; the middle counts. Both are built and compressed the
same way and come from this machine. *Interactive* is when the heading is there and the main thread is free for 50 ms.`,
    run: async () => dashboardTable(await measureDashboard()),
  },
  {
    name: 'bundles',
    title: 'Bundle and initialisation of every Lambda',
    method: `Each bundle is loaded in a process of its own, by turns with an empty handler that makes the same SDK clients and is
bundled the same way; the ratio is the middle of nine such pairs. Bars: 350 kB for functions that answer the API, three
times the empty handler for all.`,
    run: async () => bundlesTable(await measureBundles()),
  },
  {
    name: 'throughput',
    title: 'Creating at once',
    method: `1, 8 and 32 requests are sent together, then every agent is awaited. The embedded cloud holds AWS's quota of five
ingestion jobs at once an account; a run that finds no room waits for its turn. All functions, the AgentCreator's
sessions and the cloud itself share the machine's cores. Bar: no run fails, and all together take no longer than alone
times the runs a core has to bear.`,
    run: async () => throughputTable(await measureThroughput()),
  },
  {
    name: 'scale',
    title: 'Listing and reading as a tenant grows',
    method: `Agents are written straight into the table; then the product's own store reads them with \`ReturnConsumedCapacity\`
(first number: DynamoDB read units a call), and the public API is timed (second number: median of 40 calls against the
same at 10 agents). Bar: units do not grow at all, time by no more than a shared machine's noise, half.`,
    run: async () => scaleTable(await measureScale()),
  },
  {
    name: 'voice',
    title: 'A call: hops, load, barge-in, gaps, cost',
    method: `Paced callers talk and an agent answers without pause, with ears and a mouth that neither recognize nor synthesize, so that
the model's time is out. Frames carry their sender, number and time (one clock for all processes of the machine); what
the model hears and when is noted inside the embedded Sonic. *baseline* is the server that everybody would write
(\`bench/voice/baseline-server.ts\`): one socket bridged to one stream with the plain SDK; no sequence numbers, lease,
transcript, renewal. *direct* is a deployed agent's own \`/ws\`, *relay* the WebSocket API with its functions and the
owner; both in a process for each function's environment or runtime session, as AWS would, where the baseline has one
for all calls. Network, API Gateway and Lambda are the embedded ones: its share of CPU is AWS's on AWS. Bars: our path
adds at most 20 ms at p99 to the baseline; a core bears 50 calls in one process (\`bench/voice/owner-process.ts\`: real
session, transport and Nova Sonic client, callers included); a minute over the relay costs at most $0.002. A call's
renewal, hand-over and death are of single calls. Costs use \`shared/calls/price-tables.ts\`, of which some were written
from memory; answers of \`@connections\` are taken to last 8 ms on AWS. All parts share the machine's cores, and so does
whatever else runs on it: where \`load before\` is above the cores, p99 tells of the machine.`,
    run: async () => voiceReport(await measureVoice()),
  },
  {
    name: 'channels',
    title: 'Customers’ messages: acknowledgement, order, cost, provisioning',
    method: `All in one embedded cloud without throttles, whose functions, runtimes and platforms share the machine's cores.
*Empty* is a function behind the same API whose code is one line; the same signed bytes are posted to both by turns. The
message is the same each time, so that the queue hands it out once and answering does not disturb. Under load every
customer writes without waiting for replies; then inboxes are counted, and each conversation is read back by the API:
every question in its place, followed by the reply that arrived. A paused agent shows the path without an agent: webhook,
queue, claim, notice, inbox. Costs are of the calls that the embedded cloud traced and of this machine's durations;
functions that a topic invokes count from their first call to their last. The model answers at once, which costs
AgentCore's CPU nothing but waiting. For provisioning, making a flow of Amazon Connect and reading a platform's keys
(once or twice a channel) are made to last 2.5 s a call; the bar leaves room for five functions that share the cores.`,
    run: async () => channelsReport(await measureChannels()),
  },
  {
    name: 'live',
    title: 'While a call goes on: changes, and watching',
    method: `A change that is made while a call goes on is felt in it. The call is held by the product's own owner, keeper and
stores over the embedded DynamoDB, in one process; model, agent and line answer at once, so that what is left is ours.
Changes fall anywhere in the interval at which an owner looks for them.`,
    run: () => measureLive(),
  },
];
