import '@cloudscape-design/global-styles/index.css';
import AppLayout from '@cloudscape-design/components/app-layout';
import ContentLayout from '@cloudscape-design/components/content-layout';
import Header from '@cloudscape-design/components/header';
import SideNavigation from '@cloudscape-design/components/side-navigation';
import TopNavigation from '@cloudscape-design/components/top-navigation';
import { createRoot } from 'react-dom/client';

/** Cloudscape with nothing in it: what `npm run bench -- dashboard` holds the dashboard against. */
function EmptyPage() {
  return (
    <>
      <TopNavigation identity={{ href: '/', title: 'Empty' }} />
      <AppLayout
        toolsHide
        navigation={<SideNavigation items={[{ type: 'link', text: 'Page', href: '/' }]} />}
        content={<ContentLayout header={<Header variant="h1">Empty</Header>} />}
      />
    </>
  );
}

const root = document.getElementById('root');
if (root) createRoot(root).render(<EmptyPage />);
