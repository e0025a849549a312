import { strToU8, zipSync } from 'fflate';
import PDFDocument from 'pdfkit';
import { expect, test } from 'vitest';
import { chunkDocument } from '../../../local/services/documents/chunk-document.ts';
import { readDocument } from '../../../local/services/documents/read-document.ts';

const read = (name: string, content: string | Buffer) => readDocument({ name, bytes: Buffer.from(content) });

const pdf = (draw: (document: PDFKit.PDFDocument) => void): Promise<Buffer> =>
  new Promise((resolve) => {
    const document = new PDFDocument();
    const parts: Buffer[] = [];
    document.on('data', (part: Buffer) => parts.push(part)).on('end', () => resolve(Buffer.concat(parts)));
    draw(document);
    document.end();
  });

const zip = (files: Record<string, string>): Buffer =>
  Buffer.from(zipSync(Object.fromEntries(Object.entries(files).map(([name, text]) => [name, strToU8(text)]))));

const docx = (body: string): Buffer =>
  zip({
    '[Content_Types].xml':
      '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>',
    '_rels/.rels':
      '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>',
    'word/document.xml': `<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>${body}</w:body></w:document>`,
  });

test('Markdown keeps headings, paragraphs, list items and table rows', async () => {
  const markdown =
    '# Care\n\nWash **warm**.\n\n- dry flat\n- no bleach\n\n| Size | Price |\n|---|---|\n| Twin | $120 |\n';
  expect(await read('care.md', markdown)).toEqual({
    title: 'Care',
    blocks: [
      { kind: 'heading', level: 1, text: 'Care' },
      { kind: 'paragraph', text: 'Wash warm.' },
      { kind: 'paragraph', text: '- dry flat\n- no bleach' },
      { kind: 'row', text: 'Size: Twin; Price: $120' },
    ],
  });
});

test('HTML gives its text without scripts, styles and navigation', async () => {
  const html = `<html><head><title>Guide</title><style>p{}</style></head><body><nav>Home</nav><h2>Silk</h2>
    <p>Wash <a href="/x">cold</a>.</p><script>alert(1)</script>
    <table><tr><th>Fabric</th><th>Degrees</th></tr><tr><td>Silk</td><td>20</td></tr></table></body></html>`;
  expect(await read('guide.html', html)).toEqual({
    title: 'Guide',
    blocks: [
      { kind: 'heading', level: 2, text: 'Silk' },
      { kind: 'paragraph', text: 'Wash cold.' },
      { kind: 'row', text: 'Fabric: Silk; Degrees: 20' },
    ],
  });
});

test('a CSV row reads by itself', async () => {
  expect(await read('prices.csv', 'Item;Price\nPillow;"19,90"\n')).toEqual({
    blocks: [{ kind: 'row', text: 'Item: Pillow; Price: 19,90' }],
  });
});

test('a PDF gives headings by size and paragraphs by distance', async () => {
  const bytes = await pdf((document) => {
    document.fontSize(22).text('Return policy').moveDown();
    document.fontSize(11).text('A mattress may be returned within 100 nights.').moveDown(2);
    document.text('Refunds take 14 days.');
  });
  expect(await read('returns.pdf', bytes)).toEqual({
    title: 'Return policy',
    blocks: [
      { kind: 'heading', level: 1, text: 'Return policy' },
      { kind: 'paragraph', text: 'A mattress may be returned within 100 nights.' },
      { kind: 'paragraph', text: 'Refunds take 14 days.' },
    ],
  });
});

test('a Word document gives its paragraphs', async () => {
  const paragraph = (text: string) => `<w:p><w:r><w:t>${text}</w:t></w:r></w:p>`;
  expect(await read('terms.docx', docx(paragraph('We ship in 3 days.') + paragraph('Not to islands.')))).toEqual({
    blocks: [
      { kind: 'paragraph', text: 'We ship in 3 days.' },
      { kind: 'paragraph', text: 'Not to islands.' },
    ],
  });
});

test.each([
  ['program.exe', 'MZ', 'File type .exe is not supported.'],
  ['empty.md', '', 'The file is empty.'],
  ['blank.txt', ' \n\n ', 'The file has no text that can be read.'],
  ['latin.txt', Buffer.from([0xff, 0xfe, 0x41]), 'The file is not valid UTF-8 text.'],
  ['renamed.pdf', 'MZ', /The PDF can't be opened/],
  ['renamed.docx', 'MZ', /The Word document can't be opened/],
  ['renamed.xlsx', 'MZ', /The workbook can't be opened/],
])('%s is unreadable, with a reason', async (name, content, reason) => {
  await expect(read(name, content)).rejects.toThrow(reason);
});

test('a passage carries its headings, and long sections are cut between sentences with an overlap', async () => {
  const sentences = Array.from({ length: 60 }, (_, at) => `Sentence number ${at} speaks of linen.`);
  const document = await read('long.md', `# Care\n\n## Linen\n\n${sentences.join(' ')}\n\n## Silk\n\nCold.`);
  const chunks = chunkDocument(document);
  const linen = chunks.filter(({ headings }) => headings.includes('Linen'));
  expect({
    many: linen.length > 1,
    heads: linen.every(({ text }) => text.startsWith('# Care\n## Linen\n\n')),
    whole: linen.every(({ text }) => text.endsWith('linen.')),
    overlap: linen[1]?.text.includes(linen[0]?.text.slice(-30) ?? '-'),
    last: chunks.at(-1),
  }).toEqual({
    many: true,
    heads: true,
    whole: true,
    overlap: true,
    last: { headings: ['Care', 'Silk'], text: '# Care\n## Silk\n\nCold.' },
  });
});
