import busboy from 'busboy';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readMultipart } from '../../shared/http/multipart.ts';

interface Read {
  readonly fields: Record<string, string>;
  readonly files: { path: string; text: string }[];
}

const ours = (body: Uint8Array, type: string): Read => {
  const { value, files } = readMultipart(body, type);
  const read = files.map(({ path, content }) => ({ path, text: Buffer.from(content).toString('base64') }));
  return { fields: value as Record<string, string>, files: read };
};

const theirs = (body: Uint8Array, type: string): Promise<Read> =>
  new Promise((resolve, reject) => {
    const read: Read = { fields: {}, files: [] };
    const parser = busboy({ headers: { 'content-type': type }, preservePath: true, defParamCharset: 'utf8' });
    parser.on('field', (name, value) => {
      read.fields[name] = value;
    });
    parser.on('file', (_name, stream, { filename }) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => read.files.push({ path: filename ?? '', text: Buffer.concat(chunks).toString('base64') }));
    });
    parser.on('error', reject);
    parser.on('close', () => resolve(read));
    parser.end(body);
  });

const fieldName = fc.stringMatching(/^[a-z][A-Za-z]{0,9}$/).filter((name) => name !== 'files');
const path = fc.stringMatching(/^[a-zé ]{1,8}(\/[a-z]{1,5}){0,2}\.md$/);

describe('a form', () => {
  it('is read as busboy reads it', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(fieldName, fc.string({ unit: 'grapheme' }), { minKeys: 1, maxKeys: 5, noNullPrototype: true }),
        fc.array(fc.tuple(path, fc.uint8Array({ maxLength: 300 })), { maxLength: 4 }),
        async (fields, files) => {
          const form = new FormData();
          for (const [name, value] of Object.entries(fields)) form.append(name, value);
          for (const [name, content] of files) form.append('files', new Blob([new Uint8Array(content)]), name);
          const response = new Response(form);
          const type = response.headers.get('content-type') ?? '';
          const body = new Uint8Array(await response.arrayBuffer());
          expect(ours(body, type)).toEqual(await theirs(body, type));
        },
      ),
      { numRuns: 300 },
    );
  });

  const raw =
    (text: string, type = 'multipart/form-data; boundary=b') =>
    () =>
      ours(Buffer.from(text, 'latin1'), type);
  const code = (value: string) => expect.objectContaining({ code: value });

  it.each([
    ['cut off', raw('--b\r\nContent-Disposition: form-data; name="a"\r\n\r\nx')],
    ['with another boundary', raw('--c\r\nContent-Disposition: form-data; name="a"\r\n\r\nx\r\n--c--')],
    ['without a boundary', raw('x', 'multipart/form-data')],
    ['with a part without a name', raw('--b\r\nContent-Type: text/plain\r\n\r\nx\r\n--b--')],
    ['with a part without headers', raw('--b\r\nx\r\n--b--')],
    ['that is empty', raw('')],
  ])('%s is malformed', (_name, read) => {
    expect(read).toThrow(code('malformed-multipart'));
  });

  it('whose field is not UTF-8 is refused rather than mended', () => {
    expect(raw('--b\r\nContent-Disposition: form-data; name="sop"\r\n\r\n\xff\r\n--b--')).toThrow(
      code('invalid-encoding'),
    );
  });

  it('keeps a backslash in a file name, for the path rules to refuse', () => {
    const read = raw('--b\r\nContent-Disposition: form-data; name="files"; filename="a\\b.txt"\r\n\r\nx\r\n--b--')();
    expect(read.files.map((file) => file.path)).toEqual(['a\\b.txt']);
  });
});
