import { preconditionFailed } from '../kernel/problems.ts';

/** Strong ETag of a row's revision. */
export const etagOf = ({ revision }: { readonly revision: number }): string => `"${revision}"`;

const tagsOf = (header: string): readonly string[] => header.split(',').map((tag) => tag.trim());

/** Throws `precondition-failed` when `If-Match` names other revisions than the one at hand (RFC 9110 §13.1.1). */
export const demandMatch = (ifMatch: string | undefined, current: { readonly revision: number }): void => {
  if (ifMatch === undefined) return;
  const tags = tagsOf(ifMatch);
  if (!tags.includes('*') && !tags.includes(etagOf(current))) throw preconditionFailed();
};

/** Whether the client's copy is still good: weak comparison (RFC 9110 §13.1.2). */
export const isNotModified = (ifNoneMatch: string | undefined, current: { readonly revision: number }): boolean =>
  ifNoneMatch !== undefined &&
  tagsOf(ifNoneMatch).some((tag) => tag === '*' || tag.replace(/^W\//, '') === etagOf(current));
