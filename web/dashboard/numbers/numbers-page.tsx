import ContentLayout from '@cloudscape-design/components/content-layout';
import Header from '@cloudscape-design/components/header';

/** The page “Numbers”. */
export function NumbersPage() {
  return <ContentLayout header={<Header variant="h1">Numbers</Header>} />;
}
