import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { useNotify } from './notifications.tsx';
import { useSession } from './session.ts';
import { SIGN_IN_AGAIN_PATH } from './sign-in-addresses.ts';

/** Says that the session has ended while somebody worked, and how to go on without losing anything. */
export function SessionEnded() {
  const { auth, profile } = useSession();
  const notify = useNotify();
  const hasEnded = useSyncExternalStore(auth.onEnded, auth.hasEnded);
  const [isPutAside, setPutAside] = useState(false);
  const had = useRef(false);
  useEffect(() => {
    if (had.current && !hasEnded) notify({ id: 'session', type: 'success', header: 'You are signed in again' });
    had.current = hasEnded;
    setPutAside(false);
  }, [hasEnded, notify]);
  const putAside = (): void => {
    setPutAside(true);
    notify({
      id: 'session',
      type: 'warning',
      header: 'Your session has ended',
      content: 'Nothing can be read or saved until you have signed in again.',
      action: { text: 'Sign in again', onClick: () => setPutAside(false) },
    });
  };
  // Made when it is needed, so that it lies above whatever else is open.
  if (!hasEnded || isPutAside) return null;
  return (
    <Modal
      visible
      header="Your session has ended"
      closeAriaLabel="Not now"
      onDismiss={putAside}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={() => void auth.signIn()}>
              Sign in on this page
            </Button>
            <Button variant="primary" href={SIGN_IN_AGAIN_PATH} target="_blank" iconName="external" iconAlign="right">
              Sign in in a new tab
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <Box variant="p">
        Sign in again as {profile.email ?? 'the same person'} in a new tab: this page stays as it is and goes on where
        it was. Signing in on this page loads it anew, and what you have typed is lost.
      </Box>
    </Modal>
  );
}
