import { type UploadForm, uploadFiles } from '../../../client/index.ts';
import type { ChosenFile } from './files.ts';

/** How far the upload of one file is. */
export interface UploadState {
  readonly path: string;
  readonly sizeBytes: number;
  readonly sentBytes: number;
  readonly status: 'waiting' | 'sending' | 'done' | 'failed';
  readonly reason?: string;
}

/** Browsers hold six connections to a host; some are left for the rest of the page. */
const AT_ONCE = 4;

/** All files that have a form, before the first is sent. */
export const waitingUploads = (forms: readonly UploadForm[], files: readonly ChosenFile[]): readonly UploadState[] =>
  files
    .filter(({ path }) => forms.some((form) => form.path === path))
    .map(({ path, file }) => ({ path, sizeBytes: file.size, sentBytes: 0, status: 'waiting' }));

/**
 * Uploads files by the forms of an answer, a few at once; one that fails holds up no other. `changed` hears of every
 * step of each. Resolves when all are settled, with the paths that failed: they may be tried again with the same forms
 * until these expire.
 */
export async function uploadAll(
  forms: readonly UploadForm[],
  files: readonly ChosenFile[],
  changed: (state: UploadState) => void,
): Promise<readonly string[]> {
  const byPath = new Map(files.map(({ path, file }) => [path, file]));
  const waiting = forms.filter(({ path }) => byPath.has(path));
  const failed: string[] = [];
  const work = async (): Promise<void> => {
    for (let form = waiting.shift(); form !== undefined; form = waiting.shift()) {
      const file = byPath.get(form.path) ?? new Blob();
      if (!(await uploadOne(form, file, changed))) failed.push(form.path);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return failed;
}

async function uploadOne(form: UploadForm, file: Blob, changed: (state: UploadState) => void): Promise<boolean> {
  const state = { path: form.path, sizeBytes: file.size };
  try {
    await uploadFiles([form], () => file, {
      onProgress: ({ sentBytes, isDone }) => changed({ ...state, sentBytes, status: isDone ? 'done' : 'sending' }),
    });
    return true;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    changed({ ...state, sentBytes: 0, status: 'failed', reason });
    return false;
  }
}

/** The states after one more. */
export const withState = (states: readonly UploadState[], state: UploadState): readonly UploadState[] =>
  states.map((one) => (one.path === state.path ? state : one));
