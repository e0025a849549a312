import ContentLayout from '@cloudscape-design/components/content-layout';
import Header from '@cloudscape-design/components/header';

/** The page “Agents”. */
export function AgentsPage() {
  return <ContentLayout header={<Header variant="h1">Agents</Header>} />;
}
