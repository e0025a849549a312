import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nestDescriptions, readDescriptions } from '../../shared/knowledge/descriptions.ts';
import { contentMismatch } from '../../shared/knowledge/file-content.ts';
import { fileFaults, MAX_FILE_BYTES, pathFault } from '../../shared/knowledge/file-rules.ts';
import { planFiles } from '../../shared/knowledge/plan-files.ts';

const segment = fc
  .stringMatching(/^[A-Za-z0-9äß_-]([A-Za-z0-9äß ._-]{0,8}[A-Za-z0-9])?$/)
  .map((name) => name.normalize('NFC'));
const goodPath = fc.array(segment, { minLength: 1, maxLength: 4 }).map((segments) => `${segments.join('/')}.md`);

describe('a path', () => {
  it('of ordinary names is fine', () => {
    fc.assert(
      fc.property(goodPath, (path) => {
        expect(pathFault(path)).toBeUndefined();
      }),
    );
  });

  it('that could leave its folder is always refused', () => {
    const bad = fc.constantFrom('..', '.', '', 'a\\b', 'c:', 'x\u0000', '\u202e', ' a', '__proto__');
    fc.assert(
      fc.property(
        fc.array(segment, { maxLength: 3 }),
        bad,
        fc.array(segment, { maxLength: 3 }),
        (before, evil, after) => {
          expect(pathFault([...before, evil, ...after].join('/'))).toEqual(expect.any(String));
        },
      ),
    );
  });

  it('resolved as a URL or a file stays below its prefix whenever it is accepted', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (path) => {
        fc.pre(pathFault(path) === undefined && !/[?#%]/.test(path));
        expect(new URL(path, 'file:///prefix/').pathname.startsWith('/prefix/')).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('descriptions', () => {
  it('nested and read again are the same', () => {
    fc.assert(
      fc.property(fc.uniqueArray(goodPath, { maxLength: 10 }), (paths) => {
        const folders = new Set(paths.flatMap((path) => path.split('/').map((_, i, all) => all.slice(0, i).join('/'))));
        fc.pre(paths.every((path) => !folders.has(path)));
        const { entries, faults } = readDescriptions(
          nestDescriptions(paths.map((path) => ({ path, description: path }))),
        );
        expect([entries.map(({ path }) => path).sort(), faults]).toEqual([[...paths].sort(), []]);
      }),
    );
  });

  it('and files must match both ways, each mismatch with its pointer', () => {
    const plan = () =>
      planFiles({ offered: [{ path: 'a.md', sizeBytes: 1 }], descriptions: { 'b~c': { 'd.md': 'D' } } });
    expect(plan).toThrow(
      expect.objectContaining({
        code: 'description-without-file',
        errors: [
          expect.objectContaining({ pointer: '/folderFileDescriptions/b~0c/d.md', code: 'description-without-file' }),
          expect.objectContaining({ pointer: '/files/0', code: 'file-without-description' }),
        ],
      }),
    );
  });
});

describe('a file', () => {
  const text = (value: string) => Buffer.from(value, 'latin1');
  it.each([
    ['pdf', text('%PDF-1.7\n'), true],
    ['pdf', text('MZ\x90\0'), false],
    ['docx', text('PK\x03\x04....word/document.xml'), true],
    ['docx', text('PK\x03\x04....xl/workbook.xml'), false],
    ['xlsx', text('PK\x03\x04....xl/workbook.xml'), true],
    ['doc', text('\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1'), true],
    ['md', text('# Hello'), true],
    ['md', text('\xff\xfe'), false],
    ['txt', text('\x7fELF\0'), false],
  ] as const)('%#: called .%s fits or not', (extension, content, fits) => {
    expect(contentMismatch(extension, content) === undefined).toBe(fits);
  });

  it('that is empty, too large, of no supported type or there twice is refused with its own code', () => {
    const faults = fileFaults([
      { path: 'a.md', sizeBytes: 0 },
      { path: 'b.md', sizeBytes: MAX_FILE_BYTES + 1 },
      { path: 'c.exe', sizeBytes: 1 },
      { path: 'd.md', sizeBytes: 1 },
      { path: 'd.md', sizeBytes: 1 },
      { path: 'e.toString', sizeBytes: 1 },
    ]);
    expect(faults.map(({ pointer, code }) => `${pointer} ${code}`)).toEqual([
      '/files/0 file-empty',
      '/files/1 file-too-large',
      '/files/2 unsupported-file-type',
      '/files/4 duplicate-file-path',
      '/files/5 unsupported-file-type',
    ]);
  });

  it('is one of at most a hundred', () => {
    const many = Array.from({ length: 101 }, (_, index) => ({ path: `${index}.md`, sizeBytes: 1 }));
    expect(fileFaults(many)).toEqual([expect.objectContaining({ code: 'too-many-files', pointer: '/files' })]);
  });
});
