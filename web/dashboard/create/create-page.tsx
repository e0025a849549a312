import ContentLayout from '@cloudscape-design/components/content-layout';
import Header from '@cloudscape-design/components/header';

/** The page “Create an agent”. */
export function CreatePage() {
  return <ContentLayout header={<Header variant="h1">Create an agent</Header>} />;
}
