import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nestDescriptions as nestOfApi, readDescriptions } from '../../../shared/knowledge/descriptions.ts';
import {
  descriptionOf,
  fileFault,
  flatDescriptions,
  nestDescriptions,
  treeOf,
  withFiles,
} from '../../../web/dashboard/create/files.ts';

const file = (path: string, text = 'x') => ({ path, file: new File([text], path) });

test('files keep their folders; leftovers of systems stay away; the later of two is the one', () => {
  const before = withFiles([], [file('b/two.md'), file('one.md', 'old'), file('.DS_Store'), file('b/.git')]);
  const after = withFiles(before, [file('one.md', 'newer'), file('/c.pdf')]);
  expect(after.map(({ path, file: { size } }) => [path, size])).toEqual([
    ['b/two.md', 1],
    ['c.pdf', 1],
    ['one.md', 5],
  ]);
});

test('the tree has a line for each folder and file, a folder before what is in it', () => {
  expect(treeOf(['a.md', 'policies/eu/returns.pdf', 'policies/shipping.md', 'policies.md'])).toEqual([
    { path: 'a.md', kind: 'file', name: 'a.md', depth: 0 },
    { path: 'policies', kind: 'folder', name: 'policies', depth: 0 },
    { path: 'policies/eu', kind: 'folder', name: 'eu', depth: 1 },
    { path: 'policies/eu/returns.pdf', kind: 'file', name: 'returns.pdf', depth: 2 },
    { path: 'policies/shipping.md', kind: 'file', name: 'shipping.md', depth: 1 },
    { path: 'policies.md', kind: 'file', name: 'policies.md', depth: 0 },
  ]);
});

test('what is said of a folder holds for what is in it', () => {
  const said = { policies: 'Terms of the shop', 'policies/returns.pdf': 'Time limits' };
  expect([
    descriptionOf('policies/returns.pdf', said),
    descriptionOf('policies/shipping.md', said),
    descriptionOf('faq.md', said),
  ]).toEqual(['Terms of the shop. Time limits', 'Terms of the shop', '']);
});

test('descriptions are nested as the API nests and reads them', () => {
  const path = fc.array(fc.stringMatching(/^[a-z]{1,3}$/), { minLength: 1, maxLength: 3 });
  fc.assert(
    fc.property(fc.uniqueArray(path, { selector: (segments) => segments.join('/'), maxLength: 6 }), (all) => {
      const paths = all.map((segments) => `${segments.join('/')}.md`);
      const said = Object.fromEntries(paths.map((one) => [one, `about ${one}`]));
      const nested = nestDescriptions(paths, said);
      const entries = paths.map((one) => ({ path: one, description: `about ${one}` }));
      expect({ nested, flat: flatDescriptions(nested), faults: readDescriptions(nested).faults }).toEqual({
        nested: nestOfApi(entries),
        flat: said,
        faults: [],
      });
    }),
  );
});

test('a file that the knowledge cannot take says why', () => {
  expect([fileFault(file('a.md')), fileFault(file('a.exe')), fileFault(file('empty.md', ''))]).toEqual([
    undefined,
    'Supported are txt, md, html, htm, csv, pdf, doc, docx, xls, xlsx.',
    'The file is empty.',
  ]);
});
