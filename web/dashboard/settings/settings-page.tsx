import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import ContentLayout from '@cloudscape-design/components/content-layout';
import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import Link from '@cloudscape-design/components/link';
import SegmentedControl from '@cloudscape-design/components/segmented-control';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useQuery } from '@tanstack/react-query';
import { ProblemAlert } from '../shell/problem-alert.tsx';
import { useSession } from '../shell/session.ts';
import { chooseTheme, isTheme, THEMES } from '../shell/theme.ts';
import { useClient } from '../shell/use-client.ts';
import { useTheme } from '../shell/use-theme.ts';
import { PLATFORM_FORMS } from './credential-fields.ts';
import { PlatformCredentials } from './platform-credentials.tsx';

const copied = (what: string, text: string) => (
  <CopyToClipboard
    variant="inline"
    textToCopy={text}
    copyButtonAriaLabel={`Copy ${what}`}
    copySuccessText="Copied"
    copyErrorText="Not copied"
  />
);

function ProfileSettings() {
  const { auth, profile } = useSession();
  return (
    <Container
      header={
        <Header variant="h2" actions={<Button onClick={() => void auth.signOut()}>Sign out</Button>}>
          You
        </Header>
      }
    >
      <KeyValuePairs
        columns={2}
        items={[
          { label: 'Email', value: profile.email ?? '–' },
          { label: 'Tenant', value: copied('the tenant’s id', profile.userId) },
        ]}
      />
    </Container>
  );
}

function ThemeSettings() {
  const { theme } = useTheme();
  return (
    <Container header={<Header variant="h2">Appearance</Header>}>
      <FormField label="Theme" description="Kept on this device.">
        <SegmentedControl
          label="Theme"
          selectedId={theme}
          options={THEMES.map(({ id, text }) => ({ id, text }))}
          onChange={({ detail }) => {
            if (isTheme(detail.selectedId)) chooseTheme(detail.selectedId);
          }}
        />
      </FormField>
    </Container>
  );
}

function StageSettings() {
  const { config } = useSession();
  const client = useClient();
  const { data, error, refetch } = useQuery({
    queryKey: ['version'],
    queryFn: async ({ signal }) => (await client.call('getVersion', { signal })).data,
    staleTime: Number.POSITIVE_INFINITY,
  });
  return (
    <Container
      header={
        <Header
          variant="h2"
          actions={
            <Link href={`${config.api}/docs`} external externalIconAriaLabel="opens in a new tab">
              Documentation of the API
            </Link>
          }
        >
          Oratio
        </Header>
      }
    >
      <SpaceBetween size="m">
        {error !== null && <ProblemAlert error={error} retry={() => void refetch()} />}
        <KeyValuePairs
          columns={2}
          items={[
            { label: 'Stage', value: config.stage },
            { label: 'Version', value: data?.commit ?? '…' },
            { label: 'API', value: copied('the address of the API', `${config.api}/api/v1`) },
            { label: 'WebSocket API', value: copied('the address of the WebSocket API', config.webSocket) },
            { label: 'Issuer of tokens', value: copied('the issuer', config.issuer) },
            { label: 'Client of the user pool', value: copied('the client’s id', config.clientId) },
          ]}
        />
      </SpaceBetween>
    </Container>
  );
}

/** Who is signed in, how the dashboard looks, where the stage is, and credentials of platforms. */
export function SettingsPage() {
  return (
    <ContentLayout header={<Header variant="h1">Settings</Header>}>
      <SpaceBetween size="l">
        <ProfileSettings />
        <ThemeSettings />
        <StageSettings />
        <SpaceBetween size="m">
          <Header variant="h2" description="Kept encrypted; of secrets only the last four characters come back.">
            Credentials of platforms
          </Header>
          {PLATFORM_FORMS.map((form) => (
            <PlatformCredentials key={form.platform} form={form} />
          ))}
        </SpaceBetween>
      </SpaceBetween>
    </ContentLayout>
  );
}
