import ContentLayout from '@cloudscape-design/components/content-layout';
import Header from '@cloudscape-design/components/header';

/** The page “Settings”. */
export function SettingsPage() {
  return <ContentLayout header={<Header variant="h1">Settings</Header>} />;
}
