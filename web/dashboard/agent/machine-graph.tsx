import Box from '@cloudscape-design/components/box';
import StatusIndicator, { type StatusIndicatorProps } from '@cloudscape-design/components/status-indicator';
import { useEffect, useMemo, useState } from 'react';
import machine from '../../../statemachines/provision-agent.asl.json';
import type { Channel } from '../agents/agent-types.ts';
import { asDuration, asStep, SHORT_CHANNEL_WORDS } from '../agents/words.ts';
import { type Part, pictureOf } from './machine.ts';
import { type Provisioning, type StepStatus, type StepView, stepView } from './run-view.ts';

const KINDS: Readonly<Record<StepStatus, StatusIndicatorProps.Type>> = {
  waiting: 'pending',
  running: 'in-progress',
  succeeded: 'success',
  failed: 'error',
  skipped: 'not-started',
};

const WORDS: Readonly<Record<StepStatus, string>> = {
  waiting: 'Waits',
  running: 'Running',
  succeeded: 'Done',
  failed: 'Failed',
  skipped: 'Not needed',
};

const CHANNEL_KINDS: Readonly<Record<Channel['status'], StatusIndicatorProps.Type>> = {
  active: 'success',
  provisioning: 'in-progress',
  failed: 'error',
  retiring: 'pending',
};

/** The time, once a second while something runs. */
function useNow(isRunning: boolean): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (!isRunning) return undefined;
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [isRunning]);
  return now;
}

interface MachineGraphProps {
  readonly provisioning: Provisioning;
  readonly channels: readonly Channel[];
}

/** The state machine of a run, drawn from its definition, each step as it stands now. */
export function MachineGraph({ provisioning, channels }: MachineGraphProps) {
  const picture = useMemo(() => pictureOf(machine), []);
  const now = useNow(provisioning.status === 'running');
  const context = { provisioning, channels, now };
  const hasFailed = provisioning.status === 'failed' || provisioning.steps.some(({ status }) => status === 'failed');
  return (
    <div className="oratio-machine">
      <Parts parts={picture.main} label="Steps of provisioning" {...context} />
      {hasFailed && (
        <Box color="text-body-secondary" variant="small">
          After a failure: {picture.onFailure.map(({ name }) => asStep(name).toLowerCase()).join(' → ')}. What had been
          made is taken back; an older version goes on answering.
        </Box>
      )}
    </div>
  );
}

interface Context extends MachineGraphProps {
  readonly now: number;
}

function Parts({ parts, label, ...context }: Context & { readonly parts: readonly Part[]; readonly label: string }) {
  return (
    <ol className="oratio-machine-steps" aria-label={label}>
      {parts.map((part) => (
        <li key={part.name}>
          <PartBox part={part} {...context} />
        </li>
      ))}
    </ol>
  );
}

function PartBox({ part, ...context }: Context & { readonly part: Part }) {
  if (part.kind === 'parallel') {
    return (
      <div className="oratio-machine-parallel">
        {part.branches.map((branch, index) => (
          <Parts key={branch[0]?.name ?? index} parts={branch} label={`At the same time, ${index + 1}`} {...context} />
        ))}
      </div>
    );
  }
  const view = stepView(part.name, context.provisioning, context.now);
  return (
    <StepBox view={view}>
      {part.kind === 'map' && context.channels.length > 0 && <ChannelLines channels={context.channels} />}
    </StepBox>
  );
}

function StepBox({ view, children }: { readonly view: StepView; readonly children?: React.ReactNode }) {
  const { name, status, attempt, durationMs, detail } = view;
  return (
    <div className="oratio-machine-step" data-step={name} data-status={status}>
      <div className="oratio-machine-title">
        <b>{asStep(name)}</b>
        <StatusIndicator type={KINDS[status]}>{WORDS[status]}</StatusIndicator>
      </div>
      <div className="oratio-machine-facts">
        {durationMs !== undefined && <span>{asDuration(durationMs)}</span>}
        {attempt > 1 && <span>attempt {attempt}</span>}
        {detail !== undefined && <span>{detail}</span>}
      </div>
      {children}
    </div>
  );
}

const ChannelLines = ({ channels }: { readonly channels: readonly Channel[] }) => (
  <ul className="oratio-machine-channels" aria-label="Channels">
    {channels.map(({ channelType, status, detail }) => (
      <li key={channelType}>
        <StatusIndicator type={CHANNEL_KINDS[status]}>{SHORT_CHANNEL_WORDS[channelType]}</StatusIndicator>
        {status !== 'active' && detail !== null && <span> {detail}</span>}
      </li>
    ))}
  </ul>
);
