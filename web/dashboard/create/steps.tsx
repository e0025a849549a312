import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Textarea from '@cloudscape-design/components/textarea';
import Tiles from '@cloudscape-design/components/tiles';
import { splitIntoClauses } from '../../../shared/sop/clauses.ts';
import type { AgentType, ChannelType } from '../agents/agent-types.ts';
import { asBytes, CHANNEL_WORDS, TYPE_WORDS } from '../agents/words.ts';
import { countOf } from '../calls/words.ts';
import { ChannelsForm } from './channel-form.tsx';
import type { Draft, Faults, StepName } from './draft.ts';
import { FilePicker } from './file-picker.tsx';
import { descriptionOf } from './files.ts';
import { SopEditor } from './sop-editor.tsx';

export interface StepProps {
  readonly draft: Draft;
  readonly change: (change: Partial<Draft>) => void;
  readonly faults: Faults;
}

const TYPES: readonly { readonly value: AgentType; readonly description: string }[] = [
  { value: 'both', description: 'Speaks on the telephone and in the browser, and writes.' },
  { value: 'voice', description: 'Speaks on the telephone and in the browser.' },
  { value: 'text', description: 'Writes only.' },
];

const isType = (value: string): value is AgentType => TYPES.some((type) => type.value === value);

/** Name and kind. */
export function BasicsStep({ draft, change, faults }: StepProps) {
  return (
    <Container>
      <SpaceBetween size="l">
        <FormField label="Name" description="Shown to you and said to customers." errorText={faults['/agentName']}>
          <Input
            value={draft.agentName}
            placeholder="Cozy Comfort service"
            onChange={({ detail }) => change({ agentName: detail.value })}
          />
        </FormField>
        <FormField label="Kind" stretch errorText={faults['/agentType']}>
          <Tiles
            value={draft.agentType}
            columns={3}
            items={TYPES.map(({ value, description }) => ({ value, description, label: TYPE_WORDS[value] }))}
            onChange={({ detail }) => {
              if (isType(detail.value)) change({ agentType: detail.value });
            }}
          />
        </FormField>
        <FormField
          label={
            <>
              What it is for <i>– optional</i>
            </>
          }
          description="For you and your colleagues."
          errorText={faults['/description']}
          stretch
        >
          <Textarea
            value={draft.description}
            rows={2}
            onChange={({ detail }) => change({ description: detail.value })}
          />
        </FormField>
      </SpaceBetween>
    </Container>
  );
}

/** How it works, with the clauses numbered as it is written. */
export function SopStep({ draft, change, faults }: StepProps) {
  return (
    <SpaceBetween size="l">
      <Container header={<Header variant="h2">How it works</Header>}>
        <SopEditor sop={draft.sop} fault={faults['/sop']} onChange={(sop) => change({ sop })} />
      </Container>
      <Container header={<Header variant="h2">A person takes over</Header>}>
        <FormField
          label={
            <>
              When <i>– optional</i>
            </>
          }
          description="Besides what the SOP says of it."
          errorText={faults['/humanHandoffDescription']}
          stretch
        >
          <Textarea
            value={draft.humanHandoffDescription}
            rows={2}
            placeholder="Complaints and refunds above 200 euros"
            onChange={({ detail }) => change({ humanHandoffDescription: detail.value })}
          />
        </FormField>
      </Container>
    </SpaceBetween>
  );
}

/** What it may look up. */
export function FilesStep({ draft, change, faults }: StepProps) {
  const byPath = Object.fromEntries(
    draft.files.flatMap(({ path }, index): [string, string][] => {
      const fault = faults[`/files/${index}`];
      return fault === undefined ? [] : [[path, fault]];
    }),
  );
  return (
    <Container
      header={
        <Header
          variant="h2"
          counter={draft.files.length === 0 ? '' : `(${draft.files.length})`}
          description="The agent looks things up in them and says where it found them. It can do without."
        >
          Files
        </Header>
      }
    >
      <SpaceBetween size="l">
        <FormField errorText={faults['/files'] ?? faults['/folderFileDescriptions']} stretch>
          <FilePicker
            files={draft.files}
            descriptions={draft.descriptions}
            faults={byPath}
            onChange={(files, descriptions) => change({ files, descriptions })}
          />
        </FormField>
        {draft.files.length > 0 && (
          <FormField
            label={
              <>
                When to look something up <i>– optional</i>
              </>
            }
            errorText={faults['/knowledgeBaseDescription']}
            stretch
          >
            <Textarea
              value={draft.knowledgeBaseDescription}
              rows={2}
              placeholder="Products, prices, shipping and returns"
              onChange={({ detail }) => change({ knowledgeBaseDescription: detail.value })}
            />
          </FormField>
        )}
      </SpaceBetween>
    </Container>
  );
}

/** Faults of channels by type and field. */
export function channelFaultsIn(faults: Faults, types: readonly ChannelType[]) {
  const found: Partial<Record<ChannelType, Record<string, string>>> = {};
  for (const [pointer, message] of Object.entries(faults)) {
    const [, index, name = ''] = /^\/channels\/(\d+)\/settings\/(\w+)/.exec(pointer) ?? [];
    const type = index === undefined ? undefined : types[Number(index)];
    if (type !== undefined) found[type] = { ...found[type], [name]: message };
  }
  return found;
}

/** Where customers reach it. */
export function ChannelsStep({ draft, change, faults }: StepProps) {
  return (
    <SpaceBetween size="m">
      <Box variant="p">
        The API, the test chat and calls from the browser always work. A channel that cannot be set up does not hold up
        the others.
      </Box>
      <ChannelsForm
        channels={draft.channels}
        faults={channelFaultsIn(
          faults,
          draft.channels.map(({ channelType }) => channelType),
        )}
        onChange={(channels) => change({ channels })}
      />
    </SpaceBetween>
  );
}

interface ReviewProps {
  readonly draft: Draft;
  readonly onEdit: (step: StepName) => void;
}

const Edit = ({ step, onEdit, what }: Pick<ReviewProps, 'onEdit'> & { step: StepName; what: string }) => (
  <Button ariaLabel={`Edit ${what}`} onClick={() => onEdit(step)}>
    Edit
  </Button>
);

const pair = (label: string, value: string) => ({ label, value: value.trim() === '' ? '–' : value });

/** Everything once more. */
export function ReviewStep({ draft, onEdit }: ReviewProps) {
  const { files, channels, descriptions } = draft;
  const bytes = files.reduce((sum, { file }) => sum + file.size, 0);
  return (
    <SpaceBetween size="l">
      <Container
        header={
          <Header variant="h2" actions={<Edit step="basics" what="the basics" onEdit={onEdit} />}>
            {draft.agentName}
          </Header>
        }
      >
        <KeyValuePairs
          columns={3}
          items={[
            pair('Kind', TYPE_WORDS[draft.agentType]),
            pair('What it is for', draft.description),
            pair('A person takes over', draft.humanHandoffDescription),
          ]}
        />
      </Container>
      <Container
        header={
          <Header variant="h2" actions={<Edit step="sop" what="the SOP" onEdit={onEdit} />}>
            SOP
          </Header>
        }
      >
        {countOf(splitIntoClauses(draft.sop).length, 'clause')}
      </Container>
      <Container
        header={
          <Header
            variant="h2"
            actions={<Edit step="files" what="the files" onEdit={onEdit} />}
            counter={`(${files.length})`}
          >
            Files
          </Header>
        }
      >
        {files.length === 0 ? (
          'None'
        ) : (
          <>
            <ul>
              {files.map(({ path }) => (
                <li key={path}>
                  <b>{path}</b>: {descriptionOf(path, descriptions)}
                </li>
              ))}
            </ul>
            <Box color="text-body-secondary">{asBytes(bytes)} together</Box>
          </>
        )}
      </Container>
      <Container
        header={
          <Header variant="h2" actions={<Edit step="channels" what="the channels" onEdit={onEdit} />}>
            Channels
          </Header>
        }
      >
        {channels.length === 0
          ? 'API and browser only'
          : channels.map(({ channelType }) => CHANNEL_WORDS[channelType]).join(', ')}
      </Container>
    </SpaceBetween>
  );
}
