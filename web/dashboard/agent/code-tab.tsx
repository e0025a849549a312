import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import Tabs from '@cloudscape-design/components/tabs';
import { asDay } from '../agents/words.ts';
import { countOf } from '../calls/words.ts';
import { PageLoading } from '../shell/pages.tsx';
import { ProblemAlert } from '../shell/problem-alert.tsx';
import { CodeView } from './code-view.tsx';
import type { TabProps } from './tabs.ts';
import { type AgentVersion, useShownVersion, useVersion } from './use-version.ts';

type Check = AgentVersion['checks'][number];
type Finding = Check['findings'][number];

/** What the AgentCreator wrote, and what the code checker said of it. */
export function CodeTab({ read: { agent } }: TabProps) {
  const version = useShownVersion(agent);
  const { data, error, isPending, refetch } = useVersion(agent, version);
  if (error) return <ProblemAlert error={error} retry={() => void refetch()} />;
  if (isPending) return <PageLoading what="Reading the version" />;
  const missing = <Box color="text-body-secondary">Not written yet.</Box>;
  return (
    <SpaceBetween size="l">
      <Container
        header={
          <Header variant="h2" description={`Version ${version}, ${data.status}`}>
            Generated
          </Header>
        }
      >
        <Tabs
          ariaLabel="Generated files"
          tabs={[
            {
              id: 'code',
              label: 'agent_file.ts',
              content: data.code === null ? missing : <CodeView code={data.code} label="agent_file.ts" />,
            },
            {
              id: 'prompt',
              label: 'prompt.md',
              content: data.prompt === null ? missing : <CodeView code={data.prompt} label="prompt.md" isProse />,
            },
          ]}
        />
      </Container>
      <Container
        header={
          <Header variant="h2" description="Nothing runs that it has not approved.">
            Code checker
          </Header>
        }
      >
        {data.checks.length === 0 ? (
          <Box color="text-body-secondary">Nothing is kept of checks of this version.</Box>
        ) : (
          <SpaceBetween size="m">
            {data.checks.map((check) => (
              <CheckLines key={`${check.run} ${check.attempt}`} check={check} />
            ))}
          </SpaceBetween>
        )}
      </Container>
    </SpaceBetween>
  );
}

function CheckLines({ check: { run, attempt, verdict, checkedAt, findings } }: { readonly check: Check }) {
  const isApproved = verdict === 'approved';
  return (
    <div>
      <StatusIndicator type={isApproved ? 'success' : 'error'}>
        Run {run}, attempt {attempt}: {isApproved ? 'approved' : 'sent back to the AgentCreator'}
      </StatusIndicator>
      <Box variant="small" color="text-body-secondary" display="block">
        {asDay(checkedAt)}, {findings.length === 0 ? 'no findings' : countOf(findings.length, 'finding')}
      </Box>
      {findings.length > 0 && (
        <ul>
          {findings.map((finding) => (
            <li key={`${placeOf(finding)} ${finding.rule} ${finding.message}`}>
              <b>{finding.rule}</b> {finding.severity === 'warning' && '(warning) '}
              <code>{placeOf(finding)}</code> {finding.message}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

const placeOf = ({ file, line, column }: Finding): string =>
  [file, line, column].filter((part) => part !== null).join(':');
