/** Every line this product's API writes, so that an operator can look a code up; documented in RUNBOOK.md. */
export const LOG_CODES = {
  'http.request.refused': 'INFO',
  'http.request.failed': 'ERROR',
  'agents.run.not-started': 'ERROR',
  'agents.upload.discarded': 'WARN',
  'voice.gateway.failed': 'ERROR',
  'voice.call.turned-away': 'WARN',
  'voice.owner.not-called': 'ERROR',
  'voice.owner.replaced': 'WARN',
  'voice.session.fenced': 'INFO',
  'access.key.untouched': 'WARN',
  'voice.session.ended': 'INFO',
  'voice.session.left': 'INFO',
  'voice.session.crashed': 'ERROR',
  'voice.session.unreachable': 'WARN',
  'voice.session.agent-unreachable': 'WARN',
  'voice.session.not-stored': 'WARN',
  'voice.session.not-looked': 'WARN',
  'voice.session.not-renewed': 'WARN',
  'voice.session.not-handed-over': 'WARN',
  'voice.session.not-finished': 'ERROR',
  'voice.session.recording-lost': 'ERROR',
  'telephony.transfer.refused': 'WARN',
  'telephony.stream.broken': 'WARN',
  'social.messages.ignored': 'INFO',
  'social.message.not-answered': 'WARN',
  'social.reply.not-sent': 'WARN',
  'social.reply.dropped': 'WARN',
  'customers.call.not-remembered': 'ERROR',
  'customers.summary.extracted': 'WARN',
  'customers.summary.failed': 'WARN',
  'connect.chat.unreadable': 'WARN',
  'live.message.not-sent': 'WARN',
  'live.call.not-told': 'WARN',
  'live.agent.not-told': 'WARN',
  'media.stream.failed': 'ERROR',
  'media.task.not-protected': 'WARN',
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
