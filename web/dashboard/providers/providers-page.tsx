import ContentLayout from '@cloudscape-design/components/content-layout';
import Header from '@cloudscape-design/components/header';

/** The page “Providers”. */
export function ProvidersPage() {
  return <ContentLayout header={<Header variant="h1">Providers</Header>} />;
}
