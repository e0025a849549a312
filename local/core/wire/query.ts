import { randomUUID } from 'node:crypto';
import type { NormalizedSchema } from '@smithy/core/schema';
import type { AwsError } from '../service.ts';
import type { WireAnswer } from './answer.ts';
import type { WireOperation } from './operations.ts';

/** The AWS Query protocol of IAM, STS and SNS: form fields in, XML out. */

const nameOf = (schema: NormalizedSchema, fallback: string): string => schema.getMergedTraits().xmlName ?? fallback;

function entryIndexes(form: URLSearchParams, prefix: string): number[] {
  const indexes = new Set<number>();
  for (const key of form.keys()) {
    if (!key.startsWith(`${prefix}.`)) continue;
    const index = Number(key.slice(prefix.length + 1).split('.')[0]);
    if (Number.isInteger(index)) indexes.add(index);
  }
  return [...indexes].sort((a, b) => a - b);
}

function readScalar(schema: NormalizedSchema, text: string): unknown {
  if (schema.isNumericSchema()) return Number(text);
  if (schema.isBooleanSchema()) return text === 'true';
  if (schema.isTimestampSchema()) return new Date(text);
  if (schema.isBlobSchema()) return new Uint8Array(Buffer.from(text, 'base64'));
  return text;
}

function readMember(schema: NormalizedSchema, form: URLSearchParams, key: string): unknown {
  const flat = schema.getMergedTraits().xmlFlattened !== undefined;
  if (schema.isListSchema()) {
    const item = schema.getValueSchema();
    const prefix = flat ? key : `${key}.${nameOf(item, 'member')}`;
    const items = entryIndexes(form, prefix).map((index) => readMember(item, form, `${prefix}.${index}`));
    return items.length > 0 || form.has(key) ? items : undefined;
  }
  if (schema.isMapSchema()) return readMap(schema, form, flat ? key : `${key}.entry`);
  if (schema.isStructSchema()) {
    const value = readQueryInput(schema, form, `${key}.`);
    return Object.keys(value).length > 0 ? value : undefined;
  }
  const text = form.get(key);
  return text === null ? undefined : readScalar(schema, text);
}

function readMap(schema: NormalizedSchema, form: URLSearchParams, prefix: string): object | undefined {
  const keySchema = schema.getKeySchema();
  const valueSchema = schema.getValueSchema();
  const entries = entryIndexes(form, prefix).map((index) => [
    form.get(`${prefix}.${index}.${nameOf(keySchema, 'key')}`) ?? '',
    readMember(valueSchema, form, `${prefix}.${index}.${nameOf(valueSchema, 'value')}`),
  ]);
  return entries.length > 0 ? Object.fromEntries(entries) : undefined;
}

/** Decodes a structure from the form fields that start with `prefix`. */
export function readQueryInput(schema: NormalizedSchema, form: URLSearchParams, prefix = ''): Record<string, unknown> {
  const input: Record<string, unknown> = {};
  if (schema.isUnitSchema()) return input;
  for (const [name, member] of schema.structIterator()) {
    const value = readMember(member, form, `${prefix}${nameOf(member, name)}`);
    if (value !== undefined) input[name] = value;
  }
  return input;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\r': '&#xD;',
};
const escapeXml = (text: string): string =>
  text.replaceAll(/[&<>"\r]/g, (character) => ESCAPES[character] ?? character);
const element = (name: string, content: string): string => `<${name}>${content}</${name}>`;

function scalarText(value: unknown): string {
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  return escapeXml(String(value));
}

function writeElement(name: string, schema: NormalizedSchema, value: unknown): string {
  const flat = schema.getMergedTraits().xmlFlattened !== undefined;
  if (schema.isListSchema()) {
    const item = schema.getValueSchema();
    const itemName = flat ? name : nameOf(item, 'member');
    const items = (value as readonly unknown[]).map((entry) => writeElement(itemName, item, entry)).join('');
    return flat ? items : element(name, items);
  }
  if (schema.isMapSchema()) {
    const keySchema = schema.getKeySchema();
    const valueSchema = schema.getValueSchema();
    const entries = Object.entries(value as object).map(([key, entry]) =>
      element(
        flat ? name : 'entry',
        element(nameOf(keySchema, 'key'), escapeXml(key)) +
          writeElement(nameOf(valueSchema, 'value'), valueSchema, entry),
      ),
    );
    return flat ? entries.join('') : element(name, entries.join(''));
  }
  if (schema.isStructSchema()) return element(name, writeMembers(schema, value as Record<string, unknown>));
  return element(name, scalarText(value));
}

function writeMembers(schema: NormalizedSchema, value: Readonly<Record<string, unknown>>): string {
  let xml = '';
  for (const [name, member] of schema.structIterator()) {
    const content = value[name];
    if (content !== undefined && content !== null) xml += writeElement(nameOf(member, name), member, content);
  }
  return xml;
}

const xmlAnswer = (status: number, requestId: string, xml: string): WireAnswer => ({
  status,
  headers: { 'content-type': 'text/xml', 'x-amzn-requestid': requestId },
  body: Buffer.from(xml),
});

export function writeQueryOutput(operation: WireOperation, output: Record<string, unknown>): WireAnswer {
  const requestId = randomUUID();
  const result = operation.output.isUnitSchema() ? '' : writeMembers(operation.output, output);
  const metadata = element('ResponseMetadata', element('RequestId', requestId));
  const xml = element(`${operation.name}Response`, element(`${operation.name}Result`, result) + metadata);
  return xmlAnswer(200, requestId, xml);
}

/** The error's code on the wire is the one of its `awsQueryError` trait (`NoSuchEntity`), not the exception's name. */
export function queryError(error: AwsError, schema: NormalizedSchema | undefined): WireAnswer {
  const requestId = randomUUID();
  const [code, status] = (schema?.getMergedTraits().awsQueryError as [string, number] | undefined) ?? [
    error.name,
    error.status,
  ];
  const fields =
    element('Type', status < 500 ? 'Sender' : 'Receiver') +
    element('Code', escapeXml(code)) +
    element('Message', escapeXml(error.message));
  return xmlAnswer(
    status,
    requestId,
    element('ErrorResponse', element('Error', fields) + element('RequestId', requestId)),
  );
}
