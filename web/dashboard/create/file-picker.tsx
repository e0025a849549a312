import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Icon from '@cloudscape-design/components/icon';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useRef, useState } from 'react';
import { asBytes } from '../agents/words.ts';
import { ACCEPTED, type ChosenFile, type Descriptions, type TreeLine, treeOf, withFiles } from './files.ts';
import { filesOfDrop, fromInput } from './read-drop.ts';

/** A place to drop files and folders on, with buttons for those who do not drag. */
export function DropZone({ onFiles }: { readonly onFiles: (files: readonly ChosenFile[]) => void }) {
  const [isOver, setOver] = useState(false);
  const files = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  const chosen = (input: HTMLInputElement): void => {
    onFiles([...(input.files ?? [])].map(fromInput));
    // The same file can be chosen again after it was removed.
    input.value = '';
  };
  return (
    <section
      className="oratio-drop"
      aria-label="Add files"
      data-over={isOver}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        void filesOfDrop(event.dataTransfer).then(onFiles);
      }}
    >
      <Icon name="upload" size="medium" variant="subtle" />
      <Box>Drop files and folders here; folders are kept.</Box>
      <SpaceBetween size="xs" direction="horizontal">
        <Button onClick={() => files.current?.click()}>Choose files</Button>
        <Button onClick={() => folder.current?.click()}>Choose a folder</Button>
      </SpaceBetween>
      <Box variant="small" color="text-body-secondary">
        Text, Markdown, HTML, CSV, PDF, Word and Excel, 50 MB each
      </Box>
      <input
        ref={files}
        type="file"
        multiple
        accept={ACCEPTED}
        aria-label="Files"
        onChange={({ currentTarget }) => chosen(currentTarget)}
      />
      <input
        ref={(input) => {
          folder.current = input;
          if (input) input.webkitdirectory = true;
        }}
        type="file"
        aria-label="Folder"
        onChange={({ currentTarget }) => chosen(currentTarget)}
      />
    </section>
  );
}

interface FilePickerProps {
  readonly files: readonly ChosenFile[];
  readonly descriptions: Descriptions;
  readonly onChange: (files: readonly ChosenFile[], descriptions: Descriptions) => void;
  /** By path. */
  readonly faults: Readonly<Record<string, string>>;
}

/** Files in their folders, a description for each file and folder. */
export function FilePicker({ files, descriptions, onChange, faults }: FilePickerProps) {
  const lines = treeOf(files.map(({ path }) => path));
  const sizes = new Map(files.map(({ path, file }) => [path, file.size]));
  const remove = ({ path, kind }: TreeLine): void =>
    onChange(
      files.filter((file) => (kind === 'file' ? file.path !== path : !file.path.startsWith(`${path}/`))),
      descriptions,
    );
  return (
    <SpaceBetween size="l">
      <DropZone onFiles={(added) => onChange(withFiles(files, added), descriptions)} />
      {lines.length > 0 && (
        <ul className="oratio-file-tree" aria-label="Files and folders">
          {lines.map((line) => (
            <FileLine
              key={`${line.kind} ${line.path}`}
              line={line}
              sizeBytes={sizes.get(line.path)}
              description={descriptions[line.path] ?? ''}
              fault={line.kind === 'file' ? faults[line.path] : undefined}
              onDescribe={(text) => onChange(files, { ...descriptions, [line.path]: text })}
              onRemove={() => remove(line)}
            />
          ))}
        </ul>
      )}
    </SpaceBetween>
  );
}

interface FileLineProps {
  readonly line: TreeLine;
  readonly sizeBytes: number | undefined;
  readonly description: string;
  readonly fault: string | undefined;
  readonly onDescribe: (text: string) => void;
  readonly onRemove: () => void;
}

function FileLine({ line, sizeBytes, description, fault, onDescribe, onRemove }: FileLineProps) {
  const isFolder = line.kind === 'folder';
  return (
    <li className="oratio-file-line">
      <div className="oratio-file-name" style={{ paddingInlineStart: line.depth * 20 }}>
        <Icon name={isFolder ? 'folder' : 'file'} /> {line.name}
        {sizeBytes !== undefined && (
          <Box variant="small" color="text-body-secondary" display="block">
            {asBytes(sizeBytes)}
          </Box>
        )}
      </div>
      <FormField errorText={fault} stretch>
        <Input
          value={description}
          ariaLabel={`Description of ${line.path}`}
          placeholder={isFolder ? 'Holds for everything in the folder' : 'What is in it, and when to look there'}
          invalid={fault !== undefined}
          onChange={({ detail }) => onDescribe(detail.value)}
        />
      </FormField>
      <Button variant="icon" iconName="remove" ariaLabel={`Remove ${line.path}`} onClick={onRemove} />
    </li>
  );
}
