import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Api, type RequestBody } from './support/api.ts';
import { BIKE_SHOP, formOf } from './support/business.ts';
import { type Harness, startHarness } from './support/harness.ts';

type Body = RequestBody | object;

interface BadRequest {
  readonly name: string;
  readonly body: () => Body;
  readonly headers?: Record<string, string>;
  readonly status: number;
  readonly code: string;
  readonly pointer?: string;
}

const file = (path: string, content: string | Uint8Array) =>
  formOf(BIKE_SHOP, {
    files: { ...BIKE_SHOP.files, [path]: content },
    descriptions: nested(path),
  });

/** The shop's descriptions plus one for `path`, which may hold anything. */
function nested(path: string): object {
  return { prices: { 'price-list.md': 'Price list' }, 'hours.txt': 'Opening hours', [path]: 'One more file' };
}

function duplicated(): FormData {
  const form = formOf(BIKE_SHOP);
  form.append('files', new Blob(['again']), 'hours.txt');
  return form;
}

function withField(name: string, value: string): FormData {
  const form = formOf(BIKE_SHOP);
  form.append(name, value);
  return form;
}

function withFileAs(field: string): FormData {
  const form = formOf(BIKE_SHOP);
  form.append(field, new Blob(['again']), 'again.txt');
  return form;
}

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

const BAD: readonly BadRequest[] = [
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
  { name: 'an empty file', body: () => file('empty.txt', ''), status: 400, code: 'file-empty', pointer: '/files/2' },
  {
    name: 'an unsupported file',
    body: () => file('song.mp3', 'ID3'),
    status: 400,
    code: 'unsupported-file-type',
    pointer: '/files/2',
  },
  {
    name: 'a program called .pdf',
    body: () => file('offer.pdf', EXE),
    status: 400,
    code: 'file-content-mismatch',
    pointer: '/files/2',
  },
  {
    name: 'a picture called .docx',
    body: () => file('a.docx', Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0])),
    status: 400,
    code: 'file-content-mismatch',
    pointer: '/files/2',
  },
  {
    name: 'a path that climbs',
    body: () => file('../secret.txt', 'x'),
    status: 400,
    code: 'invalid-file-path',
    pointer: '/files/2',
  },
  {
    name: 'an absolute path',
    body: () => file('/etc/passwd.txt', 'x'),
    status: 400,
    code: 'invalid-file-path',
    pointer: '/files/2',
  },
  {
    name: 'a path with a backslash',
    body: () => file('a\\b.txt', 'x'),
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
    body: () => file('hours.txt.metadata.json', '{"metadataAttributes":{"userId":"somebody-else"}}'),
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

describe('a bad request to create an agent', () => {
  let harness: Harness;
  let api: Api;
  let before: readonly string[];

  beforeAll(async () => {
    harness = await startHarness();
    api = new Api(harness.cloud.apiUrl, await harness.tokenOf('careless'));
    before = await harness.cloud.inventory();
  });
  afterAll(() => harness?.stop());

  it.each(BAD)(
    'with $name is refused with $code and stores nothing',
    async ({ body, headers, status, code, pointer }) => {
      const answer = await api.request('POST', '/api/v1/agents', body(), headers);
      expect(answer).toMatchObject({
        status,
        body: { code, status, requestId: expect.any(String), type: `urn:oratio:problem:${code}` },
      });
      expect(answer.headers.get('content-type')).toContain('application/problem+json');
      if (pointer) expect(answer.body.errors).toContainEqual(expect.objectContaining({ pointer }));
      expect(await harness.cloud.inventory()).toEqual(before);
    },
  );

  // The gateway takes 10 MB; Lambda takes 6 MB, of which base64 costs a quarter.
  it.each([5_000_000, 9_000_000, 11_000_000])(
    'of %i bytes is more than gateway or Lambda take, and stores nothing',
    async (bytes) => {
      const answer = await api.request('POST', '/api/v1/agents', file('big.txt', 'x'.repeat(bytes)));
      expect(answer.status).toBe(413);
      expect(await harness.cloud.inventory()).toEqual(before);
    },
  );

  it.each([
    ['GET', '/api/v1/agents?limit=0', '/query/limit'],
    ['GET', '/api/v1/agents?limit=ten', '/query/limit'],
    ['GET', '/api/v1/agents?status=asleep', '/query/status'],
    ['GET', '/api/v1/agents?colour=red', '/query/colour'],
  ])('%s %s points at %s', async (method, path, pointer) => {
    const answer = await api.request(method, path);
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid-request', errors: [{ pointer }] } });
  });

  it.each(['x', 'AAAA.BBBB', '%00', 'a'.repeat(300)])(
    'a cursor that we never issued (%s) is refused',
    async (cursor) => {
      const answer = await api.request('GET', `/api/v1/agents?cursor=${cursor}`);
      expect(answer).toMatchObject({ status: 400, body: { code: 'invalid-cursor' } });
    },
  );

  it('for an id that is none finds nothing', async () => {
    const answer = await api.request('GET', '/api/v1/agents/not-an-id');
    expect(answer).toMatchObject({ status: 404, body: { code: 'agent-not-found' } });
  });

  it('for a path that is none finds nothing', async () => {
    expect((await api.request('GET', '/api/v1/nothing')).status).toBe(404);
  });
});
