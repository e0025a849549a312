import type { RequestBody } from './api.ts';
import { BIKE_SHOP, formOf } from './business.ts';

type Body = RequestBody | object;

/** A request to create an agent that must be refused. */
export interface BadRequest {
  readonly name: string;
  readonly body: () => Body;
  readonly headers?: Record<string, string>;
  readonly status: number;
  readonly code: string;
  readonly pointer?: string;
}

/** The shop with one more file. */
export const shopWithFile = (path: string, content: string | Uint8Array) =>
  formOf(BIKE_SHOP, {
    files: { ...BIKE_SHOP.files, [path]: content },
    descriptions: nested(path),
  });

/** The shop's descriptions plus one for `path`, which may hold anything. */
function nested(path: string): object {
  return { prices: { 'price-list.md': 'Price list' }, 'hours.txt': 'Opening hours', [path]: 'One more file' };
}

/** The shop's form with one part more. */
function withPart(name: string, value: string | Blob, filename?: string): FormData {
  const form = formOf(BIKE_SHOP);
  if (typeof value === 'string') form.append(name, value);
  else form.append(name, value, filename);
  return form;
}

const duplicated = (): FormData => withPart('files', new Blob(['again']), 'hours.txt');
const withField = (name: string, value: string): FormData => withPart(name, value);
const withFileAs = (name: string): FormData => withPart(name, new Blob(['again']), 'again.txt');

function manyFiles(): FormData {
  const files = Object.fromEntries(Array.from({ length: 101 }, (_, index) => [`${index}.txt`, 'x']));
  return formOf(BIKE_SHOP, { files, descriptions: files });
}

const rawMultipart = (body: RequestBody, boundary = 'limit') => ({
  body: () => body,
  headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
});

const latin1 = (text: string): RequestBody => new Uint8Array(Buffer.from(text, 'latin1'));

const EXE = Uint8Array.from([0x4d, 0x5a, 0x90, 0, 3, 0, 0, 0, 4, 0, 0, 0, 0xff, 0xff, 0, 0]);
const field = (changes: Record<string, string | undefined>) => () => formOf(BIKE_SHOP, { fields: changes });

/** Each way a request to create an agent can be wrong, and how it is answered. */
export const BAD_REQUESTS: readonly BadRequest[] = [
  { name: 'no SOP', body: field({ sop: undefined }), status: 400, code: 'invalid-request', pointer: '/sop' },
  { name: 'an empty SOP', body: field({ sop: '' }), status: 400, code: 'sop-empty', pointer: '/sop' },
  { name: 'an SOP of spaces', body: field({ sop: ' \n\t ' }), status: 400, code: 'sop-empty', pointer: '/sop' },
  {
    name: 'an SOP of 200 kB',
    body: field({ sop: 'a'.repeat(200_000) }),
    status: 413,
    code: 'sop-too-long',
    pointer: '/sop',
  },
  {
    name: 'no name',
    body: field({ agentName: undefined }),
    status: 400,
    code: 'invalid-request',
    pointer: '/agentName',
  },
  {
    name: 'an unknown agent type',
    body: field({ agentType: 'fax' }),
    status: 400,
    code: 'invalid-request',
    pointer: '/agentType',
  },
  {
    name: 'an unknown field',
    body: () => withField('userId', 'somebody-else'),
    status: 400,
    code: 'invalid-request',
    pointer: '/userId',
  },
  {
    name: 'a field sent twice',
    body: () => withField('agentName', 'Again'),
    status: 400,
    code: 'invalid-request',
    pointer: '/agentName',
  },
  {
    name: 'descriptions that are not JSON',
    body: () => formOf(BIKE_SHOP, { descriptions: '{"hours.txt": ' }),
    status: 400,
    code: 'malformed-json',
    pointer: '/folderFileDescriptions',
  },
  {
    name: 'a description without a file',
    body: () => formOf(BIKE_SHOP, { descriptions: { ...BIKE_SHOP.descriptions, lost: { 'gone.md': 'Gone' } } }),
    status: 400,
    code: 'description-without-file',
    pointer: '/folderFileDescriptions/lost/gone.md',
  },
  {
    name: 'a file without a description',
    body: () => formOf(BIKE_SHOP, { descriptions: { 'hours.txt': 'Opening hours' } }),
    status: 400,
    code: 'file-without-description',
    pointer: '/files/0',
  },
  {
    name: 'an empty file',
    body: () => shopWithFile('empty.txt', ''),
    status: 400,
    code: 'file-empty',
    pointer: '/files/2',
  },
  {
    name: 'an unsupported file',
    body: () => shopWithFile('song.mp3', 'ID3'),
    status: 400,
    code: 'unsupported-file-type',
    pointer: '/files/2',
  },
  {
    name: 'a program called .pdf',
    body: () => shopWithFile('offer.pdf', EXE),
    status: 400,
    code: 'file-content-mismatch',
    pointer: '/files/2',
  },
  {
    name: 'a picture called .docx',
    body: () => shopWithFile('a.docx', Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0])),
    status: 400,
    code: 'file-content-mismatch',
    pointer: '/files/2',
  },
  {
    name: 'a path that climbs',
    body: () => shopWithFile('../secret.txt', 'x'),
    status: 400,
    code: 'invalid-file-path',
    pointer: '/files/2',
  },
  {
    name: 'an absolute path',
    body: () => shopWithFile('/etc/passwd.txt', 'x'),
    status: 400,
    code: 'invalid-file-path',
    pointer: '/files/2',
  },
  {
    name: 'a path with a backslash',
    body: () => shopWithFile('a\\b.txt', 'x'),
    status: 400,
    code: 'invalid-file-path',
    pointer: '/files/2',
  },
  { name: 'the same path twice', body: duplicated, status: 400, code: 'duplicate-file-path', pointer: '/files/2' },
  {
    name: 'malformed JSON',
    body: () => '{"agentName": ',
    headers: { 'content-type': 'application/json' },
    status: 400,
    code: 'malformed-json',
  },
  {
    name: 'JSON that is a list',
    body: () => '[]',
    headers: { 'content-type': 'application/json' },
    status: 400,
    code: 'invalid-request',
  },
  {
    name: 'no body',
    body: () => '',
    headers: { 'content-type': 'application/json' },
    status: 400,
    code: 'malformed-json',
  },
  {
    name: 'an unknown content type',
    body: () => 'a: b',
    headers: { 'content-type': 'text/yaml' },
    status: 415,
    code: 'unsupported-media-type',
  },
  {
    name: 'text that is not UTF-8',
    body: () => latin1(JSON.stringify({ ...BIKE_SHOP.fields, agentName: 'Café' })),
    headers: { 'content-type': 'application/json' },
    status: 400,
    code: 'invalid-encoding',
  },
  {
    name: 'a field that is not UTF-8',
    ...rawMultipart(latin1('--limit\r\nContent-Disposition: form-data; name="sop"\r\n\r\nCafé\r\n--limit--\r\n')),
    status: 400,
    code: 'invalid-encoding',
    pointer: '/sop',
  },
  {
    name: 'the name of a file that is not UTF-8',
    ...rawMultipart(
      latin1(
        '--limit\r\nContent-Disposition: form-data; name="files"; filename="Café.md"\r\n\r\n# Menu\r\n--limit--\r\n',
      ),
    ),
    status: 400,
    code: 'malformed-multipart',
  },
  {
    name: 'a form without an end',
    ...rawMultipart('--limit\r\nContent-Disposition: form-data; name="sop"\r\n\r\nhello'),
    status: 400,
    code: 'malformed-multipart',
  },
  {
    name: 'a form with another boundary',
    ...rawMultipart('--other\r\nContent-Disposition: form-data; name="sop"\r\n\r\nhello\r\n--other--\r\n'),
    status: 400,
    code: 'malformed-multipart',
  },
  {
    name: 'a file in another field than files',
    body: () => withFileAs('attachment'),
    status: 400,
    code: 'invalid-request',
    pointer: '/attachment',
  },
  {
    name: 'files that are text',
    body: () => withField('files', 'hours.txt'),
    status: 400,
    code: 'invalid-request',
    pointer: '/files',
  },
  {
    name: 'one name in two spellings of Unicode',
    body: () =>
      formOf(BIKE_SHOP, {
        files: { 'caf\u00e9.txt': 'composed', 'cafe\u0301.txt': 'decomposed' },
        descriptions: { 'caf\u00e9.txt': 'Menu' },
      }),
    status: 400,
    code: 'duplicate-file-path',
    pointer: '/files/1',
  },
  {
    name: 'a path that is both a file and a folder',
    body: () =>
      formOf(BIKE_SHOP, {
        files: { 'menu.txt': 'a', 'menu.txt/today.txt': 'b' },
        descriptions: { 'menu.txt': 'Menu' },
      }),
    status: 400,
    code: 'file-without-description',
    pointer: '/files/1',
  },
  {
    name: 'a file named as a sidecar of ours',
    body: () => shopWithFile('hours.txt.metadata.json', '{"metadataAttributes":{"userId":"somebody-else"}}'),
    status: 400,
    code: 'unsupported-file-type',
    pointer: '/files/2',
  },
  { name: '101 files', body: manyFiles, status: 400, code: 'too-many-files', pointer: '/files' },
  {
    name: 'descriptions nested without end',
    body: () => formOf(BIKE_SHOP, { descriptions: `${'{"a":'.repeat(20_000)}"x"${'}'.repeat(20_000)}` }),
    status: 400,
    code: 'invalid-file-path',
  },
  {
    name: 'a description that is a number',
    body: () => formOf(BIKE_SHOP, { descriptions: { ...BIKE_SHOP.descriptions, 'hours.txt': 8 } }),
    status: 400,
    code: 'invalid-request',
    pointer: '/folderFileDescriptions/hours.txt',
  },
  {
    name: 'descriptions that reach for the prototype',
    body: () => formOf(BIKE_SHOP, { descriptions: '{"__proto__": {"hours.txt": "Hours"}}' }),
    status: 400,
    code: 'invalid-file-path',
    pointer: '/folderFileDescriptions/__proto__',
  },
  {
    name: 'descriptions of 60 kB',
    body: () => formOf(BIKE_SHOP, { descriptions: { ...BIKE_SHOP.descriptions, 'hours.txt': 'a'.repeat(60_000) } }),
    status: 400,
    code: 'descriptions-too-long',
    pointer: '/folderFileDescriptions',
  },
  {
    name: 'half a character in the SOP',
    body: () => JSON.stringify({ ...BIKE_SHOP.fields, sop: '1. Greet \ud800' }),
    headers: { 'content-type': 'application/json' },
    status: 400,
    code: 'invalid-encoding',
    pointer: '/sop',
  },
  ...[-1, 1.5, '100', null, undefined].map((sizeBytes) => ({
    name: `a declared file of ${sizeBytes} bytes`,
    body: () => ({
      ...BIKE_SHOP.fields,
      folderFileDescriptions: { 'hours.txt': 'Hours' },
      files: [{ path: 'hours.txt', sizeBytes }],
    }),
    status: 400,
    code: 'invalid-request',
    pointer: '/files/0/sizeBytes',
  })),
  {
    name: 'a declared file of 0 bytes',
    body: () => ({
      ...BIKE_SHOP.fields,
      folderFileDescriptions: { 'hours.txt': 'Hours' },
      files: [{ path: 'hours.txt', sizeBytes: 0 }],
    }),
    status: 400,
    code: 'file-empty',
    pointer: '/files/0',
  },
  ...['two words', 'é', 'a'.repeat(256)].map((key) => ({
    name: `the idempotency key ${key.slice(0, 12)}`,
    body: () => formOf(BIKE_SHOP),
    headers: { 'idempotency-key': key },
    status: 400,
    code: 'invalid-request',
    pointer: '/headers/idempotency-key',
  })),
  {
    name: 'a form without a boundary',
    body: () => 'x',
    headers: { 'content-type': 'multipart/form-data' },
    status: 400,
    code: 'malformed-multipart',
  },
];
