import { parseArgs } from 'node:util';

export interface StartOptions {
  /** Exit after the demonstration with 0 or 1. */
  readonly once: boolean;
  /** Start without the example agent. */
  readonly empty: boolean;
  readonly dataDir: string;
  /** Port of the HTTP API; AWS, WebSockets, Twilio and Meta listen on the next four. */
  readonly port: number;
  readonly help: boolean;
}

export const USAGE = `Usage: npm start -- [options]

  --once        create the example agent, ask it three questions, exit with 0 or 1
  --empty       start without the example agent
  --data DIR    where state is kept (default .oratio)
  --port N      port of the HTTP API; AWS is at N + 1, WebSockets at N + 2, Twilio at N + 3, Meta at N + 4
                (default 4100)
  --help        this text
`;

/** Parses the command line. Throws an `Error` whose message is for the person who typed it. */
export function parseStartOptions(args: readonly string[]): StartOptions {
  const { values } = parseArgs({
    args: [...args],
    strict: true,
    options: {
      once: { type: 'boolean', default: false },
      empty: { type: 'boolean', default: false },
      data: { type: 'string', default: '.oratio' },
      port: { type: 'string', default: '4100' },
      help: { type: 'boolean', default: false },
    },
  });
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 1 || port > 65_531) {
    throw new Error(`--port must be a whole number from 1 to 65531, not "${values.port}"`);
  }
  return { once: values.once, empty: values.empty, dataDir: values.data, port, help: values.help };
}
