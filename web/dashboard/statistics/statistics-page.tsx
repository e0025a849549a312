import ContentLayout from '@cloudscape-design/components/content-layout';
import Header from '@cloudscape-design/components/header';

/** The page “Statistics”. */
export function StatisticsPage() {
  return <ContentLayout header={<Header variant="h1">Statistics</Header>} />;
}
