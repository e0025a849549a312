import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { OratioProblem } from '../../../client/index.ts';
import { EMPTY_DRAFT, faultsOf, faultsOfProblem } from '../create/draft.ts';
import { FilePicker } from '../create/file-picker.tsx';
import { type ChosenFile, type Descriptions, nestDescriptions } from '../create/files.ts';
import { type UploadState, uploadAll, waitingUploads, withState } from '../create/upload.ts';
import { UploadList } from '../create/upload-list.tsx';
import { ProblemAlert } from '../shell/problem-alert.tsx';
import { useClient } from '../shell/use-client.ts';
import type { TabProps } from './tabs.ts';
import { useChange } from './use-change.ts';

/** Faults of files by their path. */
function byPath(faults: Readonly<Record<string, string>>, files: readonly ChosenFile[]) {
  return Object.fromEntries(
    files.flatMap(({ path }, index): [string, string][] => {
      const fault = faults[`/files/${index}`];
      return fault === undefined ? [] : [[path, fault]];
    }),
  );
}

/** More files, or newer ones in the place of those of the same path. */
export function AddFiles({ read: { agent, etag } }: TabProps) {
  const client = useClient();
  const [files, setFiles] = useState<readonly ChosenFile[]>([]);
  const [descriptions, setDescriptions] = useState<Descriptions>({});
  const [isChecked, setChecked] = useState(false);
  const [states, setStates] = useState<readonly UploadState[]>([]);
  const found = faultsOf('files', { ...EMPTY_DRAFT, files, descriptions });
  const add = useChange({
    agentId: agent.agentId,
    isShownInForm: true,
    done: 'A version with the new files is being built',
    change: async () => {
      const { data } = await client.call('updateAgent', {
        path: { agentId: agent.agentId },
        ...(etag === undefined ? {} : { ifMatch: etag }),
        body: {
          files: files.map(({ path, file }) => ({ path, sizeBytes: file.size })),
          folderFileDescriptions: nestDescriptions(
            files.map(({ path }) => path),
            descriptions,
          ),
        },
      });
      const forms = data.uploads ?? [];
      setStates(waitingUploads(forms, files));
      const failed = await uploadAll(forms, files, (state) => setStates((now) => withState(now, state)));
      if (failed.length > 0) throw new Error(`${failed.join(', ')}: not uploaded. Add them again.`);
    },
    onDone: () => {
      setFiles([]);
      setDescriptions({});
      setStates([]);
      setChecked(false);
    },
  });
  const refused = add.error instanceof OratioProblem ? faultsOfProblem(add.error.errors, { files }) : {};
  const faults = { ...refused, ...(isChecked ? found : {}) };
  return (
    <Container
      header={
        <Header
          variant="h2"
          description="A file of the same path takes the place of the one before."
          actions={
            <Button
              disabled={files.length === 0}
              loading={add.isPending}
              onClick={() => {
                setChecked(true);
                if (Object.keys(found).length === 0) add.mutate(undefined);
              }}
            >
              Upload and build
            </Button>
          }
        >
          Add files
        </Header>
      }
    >
      <SpaceBetween size="m">
        {add.error && Object.keys(refused).length === 0 && <ProblemAlert error={add.error} />}
        <FilePicker
          files={files}
          descriptions={descriptions}
          faults={byPath(faults, files)}
          onChange={(nextFiles, nextDescriptions) => {
            setFiles(nextFiles);
            setDescriptions(nextDescriptions);
          }}
        />
        {states.length > 0 && <UploadList states={states} />}
      </SpaceBetween>
    </Container>
  );
}
