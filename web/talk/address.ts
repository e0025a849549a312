/** Whom the page was opened for. */
export interface Invitation {
  readonly agentId: string | undefined;
  readonly key: string | undefined;
}

/** Reads `?agent=…#key=ok_…`. The key stands in the fragment because browsers never send that to a server. */
export function readInvitation(address: string): Invitation {
  const { searchParams, hash } = new URL(address);
  const fragment = new URLSearchParams(hash.replace(/^#/, ''));
  return { agentId: searchParams.get('agent') ?? undefined, key: fragment.get('key') ?? undefined };
}

/** The address without its key, to be shown from then on: it must not end up in the history or over a shoulder. */
export function withoutKey(address: string): string {
  const url = new URL(address);
  const fragment = new URLSearchParams(url.hash.replace(/^#/, ''));
  fragment.delete('key');
  const rest = fragment.toString();
  return `${url.pathname}${url.search}${rest === '' ? '' : `#${rest}`}`;
}

/** The address of a page for another agent. */
export const forAgent = (address: string, agentId: string): string => {
  const url = new URL(address);
  url.searchParams.set('agent', agentId);
  return `${url.pathname}${url.search}`;
};
