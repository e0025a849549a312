import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import type { Auth } from './auth.ts';
import { navigate } from './location.ts';
import { PageLoading } from './pages.tsx';
import { ProblemAlert } from './problem-alert.tsx';
import { useTitle } from './use-title.ts';

/** A page without a session: nothing around it. */
export function Alone({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  useTitle(title);
  return (
    <main className="oratio-alone">
      <Container header={<Header variant="h1">{title}</Header>}>{children}</Container>
    </main>
  );
}

/** After Cognito's sign-out. */
export function SignedOutPage({ auth }: { readonly auth: Auth }) {
  return (
    <Alone title="You are signed out">
      <SpaceBetween size="m">
        <Box variant="p">Nothing of your session is left in this browser.</Box>
        <Button variant="primary" onClick={() => void auth.signIn()}>
          Sign in
        </Button>
      </SpaceBetween>
    </Alone>
  );
}

/** Where Cognito comes back to with a code. */
export function SignedInPage({ auth }: { readonly auth: Auth }) {
  const [error, setError] = useState<unknown>();
  // The code is good for one exchange.
  const begun = useRef(false);
  useEffect(() => {
    if (begun.current) return;
    begun.current = true;
    auth.finishSignIn().then((path) => navigate(path, { replace: true }), setError);
  }, [auth]);
  if (error === undefined) return <PageLoading what="Signing you in" />;
  return (
    <Alone title="Sign-in was not finished">
      <ProblemAlert error={error} retry={() => void auth.signIn()} />
    </Alone>
  );
}

/**
 * In a tab of its own, for the one whose session has ended: signs in, hands the session over, and is done. When no tab
 * waits, it is a dashboard like any other.
 */
export function SignInAgainPage({ auth }: { readonly auth: Auth }) {
  const [error, setError] = useState<unknown>();
  const [isGiven, setGiven] = useState(false);
  const begun = useRef(false);
  useEffect(() => {
    if (begun.current) return;
    begun.current = true;
    const goOn = async (): Promise<void> => {
      if ((await auth.profile()) === undefined) await auth.signIn();
      else if (await auth.giveAway()) setGiven(true);
      else navigate('/', { replace: true });
    };
    goOn().catch(setError);
  }, [auth]);
  if (isGiven) {
    return (
      <Alone title="You are signed in again">
        <Box variant="p">Your work goes on in the other tab, as you left it. This one can be closed.</Box>
      </Alone>
    );
  }
  if (error === undefined) return <PageLoading what="Signing you in" />;
  return (
    <Alone title="Sign-in was not finished">
      <ProblemAlert error={error} retry={() => void auth.signIn()} />
    </Alone>
  );
}
