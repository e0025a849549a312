import type { AsyncApiDocument, DocumentedMessage } from '../shared/voice/protocol/asyncapi.ts';

type Json = Readonly<Record<string, unknown>>;

const STYLE = `
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #1c2430; background: #fff; }
code, pre { font: 14px/1.45 ui-monospace, monospace; }
pre { background: #f3f5f8; padding: .75rem 1rem; border-radius: 6px; overflow-x: auto; white-space: pre-wrap; overflow-wrap: anywhere; }
table { border-collapse: collapse; width: 100%; margin: .5rem 0; }
th, td { text-align: left; vertical-align: top; padding: .3rem .75rem .3rem 0; border-bottom: 1px solid #dfe4ea; }
h3 { margin-top: 2rem; }
nav a { margin-right: .75rem; }
a { color: #1a56b0; }
@media (prefers-color-scheme: dark) {
  body { color: #e4e8ee; background: #14181f; } pre { background: #1f2630; } th, td { border-color: #333c48; } a { color: #8ab4f8; }
}`;

/** The WebSocket API for people: one page without a script, made from its AsyncAPI document. */
export function webSocketPage(document: AsyncApiDocument): string {
  const { call } = document.channels;
  const messages = Object.entries(document.components.messages);
  const from = (side: string) => messages.filter(([id]) => id.startsWith(`${side}.`));
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Oratio WebSocket API</title>
    <style>${STYLE}</style>
  </head>
  <body>
    <h1>Oratio WebSocket API</h1>
    <p><a href="/docs">HTTP API</a> · <a href="/asyncapi.json">AsyncAPI 3.0 document</a></p>
    ${markdown(document.info.description)}
    <h2>Servers</h2>
    ${table(
      ['Server', 'Address', ''],
      Object.entries(document.servers).map(([name, server]) => [
        name,
        code(`${server.protocol}://${server.host}${server.pathname}`),
        inline(server.description),
      ]),
    )}
    <h2>Credentials</h2>
    ${table(
      ['Where', 'Name', ''],
      Object.values(document.components.securitySchemes).map((scheme) => [
        scheme.in,
        code(scheme.name),
        inline(scheme.description),
      ]),
    )}
    <h2>Answers to the handshake</h2>
    ${table(['Status', ''], pairs(call['x-handshake-statuses']))}
    <h2>Close codes</h2>
    ${table(['Code', ''], pairs(call['x-close-codes']))}
    <h2>Limits</h2>
    ${table(['Limit', ''], pairs(call['x-limits']))}
    <h2>Messages you send</h2>
    ${section(from('client'))}
    <h2>Messages you get</h2>
    ${section(from('server'))}
    <h2>Watching: messages you send</h2>
    <p>${inline(document.channels.operators.description)}</p>
    ${section(from('operator'))}
    <h2>Watching: messages you get</h2>
    ${section(from('feed'))}
  </body>
</html>
`;
}

function section(messages: readonly (readonly [string, DocumentedMessage])[]): string {
  const links = messages.map(([id, { title }]) => `<a href="#${id}">${code(title)}</a>`).join('\n');
  return `<nav>${links}</nav>\n${messages.map(messageArticle).join('\n')}`;
}

function messageArticle([id, { title, summary, payload, examples }]: readonly [string, DocumentedMessage]): string {
  const required = (payload.required ?? []) as readonly string[];
  const fields = Object.entries((payload.properties ?? {}) as Record<string, Json>).map(([name, schema]) => [
    code(name),
    escaped(typeText(schema)),
    required.includes(name) ? 'required' : defaultText(schema),
  ]);
  return `<article id="${id}">
  <h3>${code(title)}</h3>
  <p>${inline(summary)}</p>
  ${table(['Field', 'Type', ''], fields)}
  ${examples.map((example) => `<pre>${escaped(shortened(example.payload))}</pre>`).join('\n')}
</article>`;
}

/** A schema in a few words: `string, 1 to 64 characters`. */
function typeText(schema: Json): string {
  if ('const' in schema) return JSON.stringify(schema.const);
  if (Array.isArray(schema.enum)) return schema.enum.map((one) => JSON.stringify(one)).join(' | ');
  const bounds = [
    range(schema.minimum, schema.maximum, ''),
    range(schema.minLength, schema.maxLength, ' characters'),
    typeof schema.format === 'string' ? schema.format : '',
  ];
  return [typeof schema.type === 'string' ? schema.type : 'any', ...bounds].filter((text) => text !== '').join(', ');
}

function range(least: unknown, most: unknown, unit: string): string {
  const from = typeof least === 'number' ? least : undefined;
  const to = typeof most === 'number' && most !== Number.MAX_SAFE_INTEGER ? most : undefined;
  if (from === undefined) return to === undefined ? '' : `to ${to}${unit}`;
  return to === undefined ? `from ${from}${unit}` : `${from} to ${to}${unit}`;
}

const defaultText = ({ default: value }: Json): string =>
  value === undefined ? '' : `default ${JSON.stringify(value)}`;

/** Sound fills pages and tells nobody anything. */
const shortened = (payload: Json): string =>
  JSON.stringify(payload, (name, value: unknown) => (name === 'audio' ? `${String(value).slice(0, 12)}…` : value), 2);

const pairs = (values: object): string[][] =>
  Object.entries(values).map(([name, value]) => [
    code(name),
    inline(Array.isArray(value) ? value.join(', ') : String(value)),
  ]);

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = (tag: string, row: readonly string[]) => row.map((cell) => `<${tag}>${cell}</${tag}>`).join('');
  return `<table><thead><tr>${cells('th', head)}</tr></thead><tbody>${rows.map((row) => `<tr>${cells('td', row)}</tr>`).join('\n')}</tbody></table>`;
}

/** Paragraphs, numbered lists and code words: as much Markdown as the document uses. */
const markdown = (text: string): string =>
  text
    .split('\n\n')
    .map((block) => (block.startsWith('1. ') ? list(block) : `<p>${inline(block)}</p>`))
    .join('\n');

const list = (block: string): string =>
  `<ol>${block
    .split('\n')
    .map((line) => `<li>${inline(line.replace(/^\d+\. /, ''))}</li>`)
    .join('')}</ol>`;

const code = (text: string): string => `<code>${escaped(text)}</code>`;
const inline = (text: string): string => escaped(text).replaceAll(/`([^`]+)`/g, '<code>$1</code>');
const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
