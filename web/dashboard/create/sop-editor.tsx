import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Textarea from '@cloudscape-design/components/textarea';
import { useDeferredValue, useMemo, useRef } from 'react';
import { type Clause, splitIntoClauses } from '../../../shared/sop/clauses.ts';
import { reachable } from '../agents/reachable.ts';
import { countOf } from '../calls/words.ts';
import { bytesOf, MAX_SOP_BYTES } from './draft.ts';

interface SopEditorProps {
  readonly sop: string;
  readonly onChange: (sop: string) => void;
  readonly fault?: string | undefined;
  readonly rows?: number;
}

/** The SOP as text, beside it the clauses that the product numbers in it, as it is written. */
export function SopEditor({ sop, onChange, fault, rows = 24 }: SopEditorProps) {
  const bytes = bytesOf(sop);
  return (
    <div className="oratio-sop">
      <FormField
        label="Standard operating procedure"
        description="In plain words or Markdown: what the agent does, asks, says, never promises, and when a person takes over."
        errorText={fault}
        constraintText={
          <span className="oratio-count">
            {bytes.toLocaleString('en-US')} of {MAX_SOP_BYTES.toLocaleString('en-US')} bytes
          </span>
        }
        secondaryControl={<LoadButton onLoad={onChange} />}
        stretch
      >
        <Textarea
          value={sop}
          rows={rows}
          spellcheck
          placeholder={
            '# Returns\n\n1. Ask for the order number.\n2. Within 30 days of delivery: offer a return label.'
          }
          onChange={({ detail }) => onChange(detail.value)}
        />
      </FormField>
      <Outline sop={sop} />
    </div>
  );
}

function LoadButton({ onLoad }: { readonly onLoad: (sop: string) => void }) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={input}
        type="file"
        hidden
        accept=".md,.txt,.markdown"
        aria-label="SOP file"
        onChange={({ currentTarget }) => {
          const [file] = currentTarget.files ?? [];
          void file?.text().then(onLoad);
        }}
      />
      <Button iconName="upload" onClick={() => input.current?.click()}>
        Load from a file
      </Button>
    </>
  );
}

function Outline({ sop }: { readonly sop: string }) {
  // Typing goes first: a long SOP takes some milliseconds to be read.
  const written = useDeferredValue(sop);
  const clauses = useMemo(() => splitIntoClauses(written), [written]);
  return (
    <div>
      <Box variant="h3" tagOverride="h2">
        Clauses
      </Box>
      <Box variant="p" color="text-body-secondary">
        {clauses.length === 0
          ? 'Each statement becomes a numbered clause. Prompt, tools and answers refer to these numbers.'
          : `${countOf(clauses.length, 'clause')}. Prompt, tools and answers refer to these numbers.`}
      </Box>
      <ClauseOutline clauses={clauses} />
    </div>
  );
}

/** Numbered clauses below their headings. */
function ClauseOutline({ clauses }: { readonly clauses: readonly Clause[] }) {
  return (
    <ol className="oratio-outline" aria-label="Clauses of the SOP" ref={reachable}>
      {clauses.map(({ id, heading, text }, index) => (
        <OutlineLines
          key={id}
          id={id}
          text={text}
          heading={heading === clauses[index - 1]?.heading ? undefined : heading}
        />
      ))}
    </ol>
  );
}

interface OutlineLinesProps {
  readonly id: string;
  readonly text: string;
  readonly heading: string | undefined;
}

const OutlineLines = ({ id, text, heading }: OutlineLinesProps) => (
  <>
    {heading !== undefined && <li data-heading>{heading}</li>}
    <li>
      <span className="oratio-clause-id">{id}</span>
      <span>{text}</span>
    </li>
  </>
);
