import AppLayout from '@cloudscape-design/components/app-layout';
import Flashbar from '@cloudscape-design/components/flashbar';
import SideNavigation, { type SideNavigationProps } from '@cloudscape-design/components/side-navigation';
import TopNavigation from '@cloudscape-design/components/top-navigation';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { follow, navigate } from './location.ts';
import { useNotifications } from './notifications.tsx';
import { useSession } from './session.ts';
import { chooseTheme, isTheme, THEMES } from './theme.ts';
import { useTheme } from './use-theme.ts';

const LINKS: readonly SideNavigationProps.Item[] = [
  { type: 'link', text: 'Agents', href: '/agents' },
  { type: 'link', text: 'Live', href: '/live' },
  { type: 'link', text: 'Calls', href: '/calls' },
  { type: 'link', text: 'Statistics', href: '/statistics' },
  { type: 'divider' },
  { type: 'link', text: 'Numbers', href: '/numbers' },
  { type: 'link', text: 'Providers', href: '/providers' },
  { type: 'link', text: 'Settings', href: '/settings' },
];

function TopBar() {
  const { auth, config, profile } = useSession();
  const { theme } = useTheme();
  const choose = (id: string): void => {
    if (isTheme(id)) chooseTheme(id);
    else if (id === 'settings') navigate('/settings');
    else void auth.signOut();
  };
  return (
    <div id="oratio-top">
      <TopNavigation
        identity={{
          href: '/agents',
          title: config.stage === 'prod' ? 'Oratio' : `Oratio · ${config.stage}`,
          onFollow: follow,
        }}
        i18nStrings={{ overflowMenuTriggerText: 'More', overflowMenuTitleText: 'All' }}
        utilities={[
          {
            type: 'button',
            text: 'Documentation',
            href: `${config.api}/docs`,
            external: true,
            externalIconAriaLabel: 'opens in a new tab',
          },
          {
            type: 'menu-dropdown',
            iconName: 'user-profile',
            text: profile.email ?? 'Signed in',
            items: [
              {
                id: 'theme',
                text: 'Theme',
                items: THEMES.map(({ id, text }) => ({
                  id,
                  text,
                  itemType: 'checkbox' as const,
                  checked: id === theme,
                })),
              },
              { id: 'settings', text: 'Settings' },
              { id: 'sign-out', text: 'Sign out' },
            ],
            onItemClick: ({ detail }) => choose(detail.id),
          },
        ]}
      />
    </div>
  );
}

function useNarrow(): boolean {
  const [narrow, setNarrow] = useState(() => matchMedia('(max-width: 688px)').matches);
  useEffect(() => {
    const query = matchMedia('(max-width: 688px)');
    const changed = () => setNarrow(query.matches);
    query.addEventListener('change', changed);
    return () => query.removeEventListener('change', changed);
  }, []);
  return narrow;
}

/** Cloudscape says of its landmark in narrow windows that it lies across, which no landmark may (ARIA 1.2). */
function useNavigationLandmark(): void {
  useEffect(() => {
    document.querySelector('nav[aria-orientation]')?.removeAttribute('aria-orientation');
  });
}

/** Puts the focus on the page when another one is shown, so that the keyboard and a screen reader go on from there. */
function useFocusOnPage(path: string) {
  const main = useRef<HTMLDivElement>(null);
  const shown = useRef(path);
  useEffect(() => {
    if (shown.current === path) return;
    shown.current = path;
    scrollTo({ top: 0 });
    main.current?.focus({ preventScroll: true });
  }, [path]);
  return main;
}

/** What surrounds every page: top bar, navigation, notices. */
export function Layout({
  section,
  path,
  children,
}: {
  readonly section: string;
  readonly path: string;
  readonly children: ReactNode;
}) {
  const { items } = useNotifications();
  const narrow = useNarrow();
  const [open, setOpen] = useState(!narrow);
  const main = useFocusOnPage(path);
  useNavigationLandmark();
  return (
    <>
      <a className="oratio-skip" href="#oratio-main">
        Skip to the page
      </a>
      <TopBar />
      <AppLayout
        headerSelector="#oratio-top"
        toolsHide
        navigationOpen={open}
        onNavigationChange={({ detail }) => setOpen(detail.open)}
        ariaLabels={{
          navigation: 'Pages',
          navigationToggle: 'Open the navigation',
          navigationClose: 'Close the navigation',
          notifications: 'Notices',
        }}
        navigation={
          <SideNavigation
            activeHref={section}
            items={LINKS}
            onFollow={(event) => {
              follow(event);
              if (narrow) setOpen(false);
            }}
          />
        }
        stickyNotifications
        notifications={
          <Flashbar
            items={items}
            stackItems={items.length > 3}
            i18nStrings={{
              ariaLabel: 'Notices',
              notificationBarText: 'Notices',
              notificationBarAriaLabel: 'Show all notices',
              errorIconAriaLabel: 'Error',
              successIconAriaLabel: 'Done',
              infoIconAriaLabel: 'Information',
              warningIconAriaLabel: 'Warning',
              inProgressIconAriaLabel: 'Under way',
            }}
          />
        }
        content={
          <div id="oratio-main" ref={main} tabIndex={-1}>
            {children}
          </div>
        }
      />
    </>
  );
}
