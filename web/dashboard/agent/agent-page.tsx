import ContentLayout from '@cloudscape-design/components/content-layout';
import Header from '@cloudscape-design/components/header';

/** The page “Agent”. */
export function AgentPage() {
  return <ContentLayout header={<Header variant="h1">Agent</Header>} />;
}
