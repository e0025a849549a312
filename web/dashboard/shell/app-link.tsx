import Link, { type LinkProps } from '@cloudscape-design/components/link';
import { follow } from './location.ts';

/** A link to a page of the dashboard. */
export function AppLink(props: LinkProps & { readonly href: string }) {
  return <Link {...props} onFollow={follow} />;
}
