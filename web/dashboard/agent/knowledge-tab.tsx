import '../create/create.css';
import Badge from '@cloudscape-design/components/badge';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { AnswerOf } from '../../../client/index.ts';
import { countOf } from '../calls/words.ts';
import { ProblemAlert } from '../shell/problem-alert.tsx';
import { useClient } from '../shell/use-client.ts';
import { AddFiles } from './add-files.tsx';
import { FilesTable } from './files-table.tsx';
import type { TabProps } from './tabs.ts';

type Passage = AnswerOf<'queryKnowledgeBase'>['passages'][number];

/** Its files, and what it would find in them. */
export function KnowledgeTab({ read }: TabProps) {
  return (
    <SpaceBetween size="l">
      <FilesTable read={read} />
      <AddFiles read={read} />
      <AskKnowledge knowledgeBaseId={read.agent.knowledgeBase.knowledgeBaseId} />
    </SpaceBetween>
  );
}

/** A question as a customer would ask it, answered with passages alone. */
function AskKnowledge({ knowledgeBaseId }: { readonly knowledgeBaseId: string }) {
  const client = useClient();
  const [question, setQuestion] = useState('');
  const ask = useMutation({
    mutationFn: async (asked: string) =>
      (await client.call('queryKnowledgeBase', { path: { knowledgeBaseId }, body: { question: asked } })).data.passages,
  });
  return (
    <Container
      header={
        <Header variant="h2" description="The passages that the agent would get, best first.">
          Ask the knowledge
        </Header>
      }
    >
      <SpaceBetween size="m">
        <form
          className="oratio-chat-form"
          onSubmit={(event) => {
            event.preventDefault();
            if (question.trim() !== '') ask.mutate(question.trim());
          }}
        >
          <FormField stretch>
            <Input
              value={question}
              ariaLabel="Question"
              placeholder="How long do I have to send a blanket back?"
              onChange={({ detail }) => setQuestion(detail.value)}
            />
          </FormField>
          <Button formAction="submit" loading={ask.isPending} disabled={question.trim() === ''}>
            Ask
          </Button>
        </form>
        {ask.error && <ProblemAlert error={ask.error} />}
        {ask.data && <Passages passages={ask.data} />}
      </SpaceBetween>
    </Container>
  );
}

function Passages({ passages }: { readonly passages: readonly Passage[] }) {
  return (
    <div aria-live="polite">
      <Box variant="p" color="text-body-secondary">
        {passages.length === 0 ? 'Nothing was found.' : countOf(passages.length, 'passage')}
      </Box>
      <SpaceBetween size="m">
        {passages.map(({ path, page, description, text, score }) => (
          <article key={`${path} ${text}`} aria-label={path}>
            <SpaceBetween size="xxs">
              <SpaceBetween size="xs" direction="horizontal">
                <Badge color="blue">{score.toFixed(2)}</Badge>
                <b>
                  {path}
                  {page === null ? '' : `, page ${page}`}
                </b>
              </SpaceBetween>
              {description !== null && (
                <Box variant="small" color="text-body-secondary">
                  {description}
                </Box>
              )}
              <blockquote className="oratio-quote">{text}</blockquote>
            </SpaceBetween>
          </article>
        ))}
      </SpaceBetween>
    </div>
  );
}
