import ContentLayout from '@cloudscape-design/components/content-layout';
import Header from '@cloudscape-design/components/header';

/** The page “Live”. */
export function LivePage() {
  return <ContentLayout header={<Header variant="h1">Live</Header>} />;
}
