import Box from '@cloudscape-design/components/box';
import ContentLayout from '@cloudscape-design/components/content-layout';
import Header from '@cloudscape-design/components/header';
import { I18nProvider } from '@cloudscape-design/components/i18n';
import messages from '@cloudscape-design/components/i18n/messages/all.en';
import { QueryClientProvider } from '@tanstack/react-query';
import { type ReactNode, useEffect, useMemo, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { type OperatorFeed, type OratioClient, operatorFeed } from '../../../client/index.ts';
import { Alone, SignedInPage, SignedOutPage, SignInAgainPage } from './alone.tsx';
import { AppLink } from './app-link.tsx';
import { type Auth, makeAuth } from './auth.ts';
import { clientFor, queryClientFor } from './clients.ts';
import type { DashboardConfig } from './config.ts';
import { ErrorBoundary } from './error-boundary.tsx';
import { Layout } from './layout.tsx';
import { navigate, ParametersContext, usePath } from './location.ts';
import { findRoute, HOME } from './match-path.ts';
import { NotificationsProvider } from './notifications.tsx';
import { PageLoading } from './pages.tsx';
import { ProblemAlert } from './problem-alert.tsx';
import { isSignedOut } from './problem-text.ts';
import { ROUTES, type Route } from './routes.ts';
import { type Session, SessionContext } from './session.ts';
import { SessionEnded } from './session-ended.tsx';
import { SIGN_IN_AGAIN_PATH, SIGNED_IN_PATH, SIGNED_OUT_PATH } from './sign-in-addresses.ts';
import { ClientContext } from './use-client.ts';
import { FeedContext } from './use-feed.ts';
import { useLater } from './use-later.ts';
import { useTitle } from './use-title.ts';

function NotFoundPage() {
  useTitle('No such page');
  return (
    <ContentLayout header={<Header variant="h1">There is no such page</Header>}>
      <Box variant="p">
        Its address may be mistyped. <AppLink href={HOME}>Go to your agents</AppLink>
      </Box>
    </ContentLayout>
  );
}

function Titled({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  useTitle(title);
  return children;
}

function Loaded({ page }: Pick<Route, 'page'>) {
  const Page = useLater(page);
  return Page === undefined ? <PageLoading /> : <Page />;
}

/** The page of the address inside of the layout. */
function Pages() {
  const path = usePath();
  useEffect(() => {
    if (path === '/') navigate(HOME, { replace: true });
  }, [path]);
  const found = findRoute(ROUTES, path === '/' ? HOME : path);
  return (
    <Layout section={found?.route.section ?? ''} path={path}>
      <ErrorBoundary page={path}>
        {found ? (
          <ParametersContext.Provider value={found.parameters}>
            <Titled key={path} title={found.route.title}>
              <Loaded page={found.route.page} />
            </Titled>
          </ParametersContext.Provider>
        ) : (
          <NotFoundPage />
        )}
      </ErrorBoundary>
    </Layout>
  );
}

/** One connection for the tab; it opens when a page watches something. */
function useLiveFeed(client: OratioClient, { auth }: Session): OperatorFeed {
  const feed = useMemo(
    () => operatorFeed({ client, onRefused: (problem) => void (isSignedOut(problem) && auth.refused()) }),
    [client, auth],
  );
  useEffect(() => {
    addEventListener('online', feed.wake);
    return () => {
      removeEventListener('online', feed.wake);
      feed.close();
    };
  }, [feed]);
  return feed;
}

/** Everything that a page may use. */
function SignedIn({ session }: { readonly session: Session }) {
  const client = useMemo(() => clientFor(session), [session]);
  const queries = useMemo(() => queryClientFor(session.auth.refused), [session]);
  const feed = useLiveFeed(client, session);
  return (
    <SessionContext.Provider value={session}>
      <ClientContext.Provider value={client}>
        <QueryClientProvider client={queries}>
          <FeedContext.Provider value={feed}>
            <NotificationsProvider>
              <Pages />
              <SessionEnded />
            </NotificationsProvider>
          </FeedContext.Provider>
        </QueryClientProvider>
      </ClientContext.Provider>
    </SessionContext.Provider>
  );
}

/** Lets nobody in who is not signed in. */
function Guarded({ auth, config }: { readonly auth: Auth; readonly config: DashboardConfig }) {
  const [profile, setProfile] = useState(auth.known);
  const [error, setError] = useState<unknown>();
  const isKnown = profile !== undefined;
  useEffect(() => {
    if (isKnown) return;
    auth.profile().then((known) => (known ? setProfile(known) : auth.signIn().catch(setError)), setError);
  }, [auth, isKnown]);
  const session = useMemo(() => profile && { auth, config, profile }, [auth, config, profile]);
  if (error !== undefined) return <Failed error={error} />;
  return session ? <SignedIn session={session} /> : <PageLoading what="Taking you to sign-in" />;
}

function Failed({ error }: { readonly error: unknown }) {
  return (
    <Alone title="The dashboard could not start">
      <ProblemAlert error={error} retry={() => location.reload()} />
    </Alone>
  );
}

function Started({ config }: { readonly config: DashboardConfig }) {
  const auth = useMemo(() => makeAuth(config), [config]);
  const path = usePath();
  if (path === SIGNED_OUT_PATH) return <SignedOutPage auth={auth} />;
  if (path === SIGNED_IN_PATH) return <SignedInPage auth={auth} />;
  if (path === SIGN_IN_AGAIN_PATH) return <SignInAgainPage auth={auth} />;
  return <Guarded auth={auth} config={config} />;
}

function Spoken({ children }: { readonly children: ReactNode }) {
  return (
    <I18nProvider locale="en" messages={[messages]}>
      {children}
    </I18nProvider>
  );
}

/** Shows the whole dashboard in `root`, once it is known where the stage is served. */
export async function showDashboard(root: Element, config: Promise<DashboardConfig>): Promise<void> {
  const shown = await config.then(
    (known) => <Started config={known} />,
    (error: unknown) => <Failed error={error} />,
  );
  createRoot(root).render(<Spoken>{shown}</Spoken>);
}
