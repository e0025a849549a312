import { registerHooks } from 'node:module';
import * as vm from 'node:vm';
import { type SampledSchema, sampleDetails } from './sample-details.ts';

/**
 * The dry run's own process; `dry-run.ts` starts it with Node's permission model (no file but this one, no child
 * process, no worker, no addon), without environment, with little memory, and kills it when it is late.
 *
 * The agent runs in a context that holds the language and nothing else: no `process`, no `fetch`, no module but the
 * kit, no code from strings. Node 24 has no switch for the network; here nothing that could open a socket is within
 * reach, and should code ever leave the context, every further module is refused and `fetch` and its kin are gone.
 * Only text crosses the border, in both directions, so no object of the host can be climbed.
 */
interface Task {
  readonly agentModule: string;
  readonly kitModule: string;
  readonly today: string;
}

/** Runs inside the context, before the agent: keeps the originals of what it needs. Both functions return JSON text. */
const RUNNER = `(() => {
  const { parse, stringify } = JSON;
  for (const name of ['ArrayBuffer', 'SharedArrayBuffer', 'Atomics', 'DataView', 'WebAssembly', 'Int8Array', 'Uint8Array',
    'Uint8ClampedArray', 'Int16Array', 'Uint16Array', 'Int32Array', 'Uint32Array', 'Float16Array', 'Float32Array',
    'Float64Array', 'BigInt64Array', 'BigUint64Array']) delete globalThis[name];
  const guarded = (work) => {
    try { return stringify({ value: work() }); } catch (error) {
      try { return stringify({ error: '' + (error && error.message || error) }); } catch { return '{"error":"It threw a value that cannot be shown."}'; }
    }
  };
  return {
    describe: (module) => guarded(() => module.agent),
    run: (module, index, details, context) => guarded(() => {
      const outcome = module.agent.tools[index].run(parse(details), parse(context));
      if (outcome && typeof outcome.then === 'function') throw new TypeError('The tool returned a promise: decide at once.');
      return outcome === undefined ? null : outcome;
    }),
  };
})()`;

interface Runner {
  readonly describe: (module: object) => string;
  readonly run: (module: object, index: number, details: string, context: string) => string;
}

closeTheDoors();
process.stdout.write(await dryRun(JSON.parse(await readAll()) as Task), () => process.exit(0));

function closeTheDoors(): void {
  registerHooks({
    resolve: (specifier) => {
      throw new Error(`"${specifier}" is not available in a dry run.`);
    },
  });
  for (const name of ['fetch', 'WebSocket', 'EventSource', 'XMLHttpRequest']) Reflect.deleteProperty(globalThis, name);
  Reflect.deleteProperty(process, 'getBuiltinModule');
  Reflect.deleteProperty(process, 'binding');
  Reflect.deleteProperty(process, 'dlopen');
}

async function readAll(): Promise<string> {
  let text = '';
  process.stdin.setEncoding('utf8');
  for await (const chunk of process.stdin) text += String(chunk);
  return text;
}

async function dryRun({ agentModule, kitModule, today }: Task): Promise<string> {
  const context = vm.createContext(vm.constants.DONT_CONTEXTIFY, { codeGeneration: { strings: false, wasm: false } });
  const runner = vm.runInContext(RUNNER, context) as Runner;
  try {
    const agent = new vm.SourceTextModule(agentModule, { context, identifier: 'agent_file.mjs' });
    const kit = new vm.SourceTextModule(kitModule, { context, identifier: '@oratio/agent-kit' });
    await agent.link((specifier) => {
      if (specifier !== '@oratio/agent-kit') throw new Error(`"${specifier}" may not be imported.`);
      return kit;
    });
    await agent.evaluate();
    return answer(runner, agent.namespace, today);
  } catch (error) {
    return JSON.stringify({ error: messageOf(error) });
  }
}

interface Described {
  readonly value?: { readonly tools?: readonly { readonly inputSchema?: SampledSchema }[] };
  readonly error?: string;
}

function answer(runner: Runner, module: object, today: string): string {
  const described = runner.describe(module);
  const definition = JSON.parse(described) as Described;
  const tools = definition.value?.tools ?? [];
  const outcomes = tools.flatMap(({ inputSchema }, index) =>
    sampleDetails({ properties: inputSchema?.properties ?? {}, required: inputSchema?.required ?? [] }).map(
      (details) => ({
        tool: index,
        details,
        ...(JSON.parse(
          runner.run(module, index, JSON.stringify(details), JSON.stringify({ today, sessionId: 'dry-run-session' })),
        ) as object),
      }),
    ),
  );
  return JSON.stringify({ definition: definition.value ?? null, error: definition.error, outcomes });
}

/** The error may come out of the context: its members are read once and with care. */
function messageOf(error: unknown): string {
  try {
    return String(
      error instanceof Object || (typeof error === 'object' && error !== null) ? Reflect.get(error, 'message') : error,
    ).slice(0, 1000);
  } catch {
    return 'It threw a value that cannot be shown.';
  }
}
