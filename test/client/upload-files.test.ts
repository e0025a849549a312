import { describe, expect, it } from 'vitest';
import { type UploadProgress, uploadFiles } from '../../client/index.ts';

const form = (path: string) => ({
  path,
  url: `https://store.example.com/${path}`,
  fields: { key: `k/${path}`, policy: 'p' },
});
const content = (path: string): Blob => new Blob([path]);
const noWait = { chance: () => 0, wait: () => Promise.resolve() };

/** Answers by path; each path's answers one after another. */
function storage(script: Readonly<Record<string, readonly number[]>>) {
  const left = new Map(Object.entries(script).map(([path, statuses]) => [path, [...statuses]]));
  const got: { readonly path: string; readonly fields: readonly string[] }[] = [];
  const post: typeof fetch = (input, { body } = {}) => {
    const path = new URL(input as string).pathname.slice(1);
    got.push({ path, fields: [...(body as FormData).keys()] });
    const status = left.get(path)?.shift() ?? 204;
    if (status === 0) return Promise.reject(new TypeError('fetch failed'));
    const xml = '<Error><Code>EntityTooLarge</Code><Message>Your proposed upload exceeds it.</Message></Error>';
    return Promise.resolve(new Response(status === 204 ? null : xml, { status }));
  };
  return { post, got };
}

describe('uploads', () => {
  it('send each file last in its form, and tell how far each is', async () => {
    const { post, got } = storage({});
    const told: UploadProgress[] = [];
    await uploadFiles([form('a/b.md')], content, {
      ...noWait,
      fetch: post,
      onProgress: (progress) => told.push(progress),
    });
    expect({ got, told }).toEqual({
      got: [{ path: 'a/b.md', fields: ['key', 'policy', 'file'] }],
      told: [
        { path: 'a/b.md', sentBytes: 0, totalBytes: 6, isDone: false },
        { path: 'a/b.md', sentBytes: 6, totalBytes: 6, isDone: true },
      ],
    });
  });

  it('are repeated when the storage is busy or gone for a moment', async () => {
    const { post, got } = storage({ a: [503, 0, 204] });
    await uploadFiles([form('a')], content, { ...noWait, fetch: post });
    expect(got).toHaveLength(3);
  });

  it('end with the first file that is not taken, and begin no other', async () => {
    const { post, got } = storage({ a: [400] });
    const forms = [form('a'), form('b'), form('c')];
    await expect(uploadFiles(forms, content, { ...noWait, fetch: post, atOnce: 1 })).rejects.toMatchObject({
      code: 'upload-too-large',
      status: 400,
      detail: 'Your proposed upload exceeds it.',
    });
    expect(got.map(({ path }) => path)).toEqual(['a']);
  });

  it('are not begun after their signal', async () => {
    const { post, got } = storage({});
    const reason = new Error('enough');
    const aborted = uploadFiles([form('a')], content, { ...noWait, fetch: post, signal: AbortSignal.abort(reason) });
    await expect(aborted).rejects.toBe(reason);
    expect(got).toEqual([]);
  });
});
