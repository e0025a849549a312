/** Every line this product's API writes, so that an operator can look a code up; documented in RUNBOOK.md. */
export const LOG_CODES = {
  'http.request.refused': 'INFO',
  'http.request.failed': 'ERROR',
  'agents.run.not-started': 'ERROR',
  'agents.upload.discarded': 'WARN',
  'messages.agent.failed': 'WARN',
  'access.key.untouched': 'WARN',
} as const;
export type LogCode = keyof typeof LOG_CODES;

/** Ids and counts only: never bodies, SOPs, messages or tokens. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

export type Log = (code: LogCode, fields: LogFields, error?: unknown) => void;

/** One JSON line on standard output, as CloudWatch Logs Insights reads it. */
export const jsonLog: Log = (code, fields, error) => {
  process.stdout.write(`${JSON.stringify({ level: LOG_CODES[code], code, ...fields, ...errorFields(error) })}\n`);
};

const errorFields = (error: unknown): LogFields =>
  error instanceof Error ? { errorName: error.name, errorMessage: error.message, stack: error.stack } : {};
