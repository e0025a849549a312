import Alert from '@cloudscape-design/components/alert';
import Badge from '@cloudscape-design/components/badge';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useMutation } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import type { AnswerOf } from '../../../client/index.ts';
import { isAsking } from '../agents/lifecycle.ts';
import { reachable } from '../agents/reachable.ts';
import { asDuration } from '../agents/words.ts';
import { asWords, countOf } from '../calls/words.ts';
import { ProblemAlert } from '../shell/problem-alert.tsx';
import { useClient } from '../shell/use-client.ts';
import type { TabProps } from './tabs.ts';

type Answer = AnswerOf<'sendMessage'>;

interface Said {
  readonly id: number;
  readonly role: 'user' | 'assistant';
  readonly text: string;
  readonly answer?: Answer;
}

/** A conversation with the agent in writing. */
export function ChatTab({ read: { agent } }: TabProps) {
  const client = useClient();
  const [said, setSaid] = useState<readonly Said[]>([]);
  const [text, setText] = useState('');
  const list = useRef<HTMLOListElement>(null);
  const add = (one: Omit<Said, 'id'>): void => setSaid((now) => [...now, { ...one, id: now.length }]);
  const sessionId = said.findLast(({ answer }) => answer !== undefined)?.answer?.sessionId;
  const send = useMutation({
    mutationFn: async (words: string) => {
      const body = { text: words, ...(sessionId === undefined ? {} : { sessionId }) };
      return (await client.call('sendMessage', { path: { agentId: agent.agentId }, body })).data;
    },
    onSuccess: (answer) => add({ role: 'assistant', text: answer.answer, answer }),
  });
  useEffect(() => {
    if (said.length > 0) list.current?.scrollTo({ top: list.current.scrollHeight });
  }, [said]);
  const submit = (): void => {
    const words = text.trim();
    if (words === '' || send.isPending) return;
    add({ role: 'user', text: words });
    setText('');
    send.mutate(words);
  };
  return (
    <Container
      header={
        <Header
          variant="h2"
          description="As customers write to it, over the API."
          actions={
            <Button disabled={said.length === 0} onClick={() => setSaid([])}>
              New conversation
            </Button>
          }
        >
          Test chat
        </Header>
      }
    >
      <SpaceBetween size="m">
        {!isAsking(agent) && <NotAnswering agent={agent} />}
        <ol
          className="oratio-chat"
          aria-label="Conversation"
          aria-live="polite"
          ref={(element) => {
            list.current = element;
            reachable(element);
          }}
        >
          {said.map((one) => (
            <Line key={one.id} said={one} />
          ))}
          {send.isPending && (
            <li data-role="assistant" className="oratio-said">
              …
            </li>
          )}
        </ol>
        {send.error && <ProblemAlert error={send.error} />}
        <form
          className="oratio-chat-form"
          onSubmit={(event) => {
            event.preventDefault();
            submit();
          }}
        >
          <Input
            value={text}
            ariaLabel="Message"
            placeholder="How long can I return a blanket?"
            onChange={({ detail }) => setText(detail.value)}
          />
          <Button variant="primary" formAction="submit" loading={send.isPending}>
            Send
          </Button>
        </form>
      </SpaceBetween>
    </Container>
  );
}

const NotAnswering = ({ agent }: { readonly agent: TabProps['read']['agent'] }) => (
  <Alert type="info">
    {agent.activeVersion === null
      ? 'It answers when its first version is active.'
      : `It is ${agent.status}: what you get is what customers get now.`}
  </Alert>
);

function Line({ said: { role, text, answer } }: { readonly said: Said }) {
  return (
    <li data-role={role}>
      <Box variant="small" display="block">
        {role === 'user' ? 'You' : 'Agent'}
      </Box>
      {text}
      {answer && <Grounds answer={answer} />}
    </li>
  );
}

/** What an answer rests on. */
function Grounds({ answer: { citations, toolCalls, handoff } }: { readonly answer: Answer }) {
  return (
    <>
      {handoff !== null && (
        <Box color="text-status-warning">
          A person is asked for: {handoff.reason} {handoff.clauseIds.join(', ')}
        </Box>
      )}
      {citations.length > 0 && (
        <ExpandableSection headerText={countOf(citations.length, 'source')} variant="footer">
          <SpaceBetween size="s">
            {citations.map(({ marker, path, excerpt, score }) => (
              <div key={marker}>
                <Badge>[{marker}]</Badge> <b>{path}</b> ({score.toFixed(2)})
                <blockquote className="oratio-quote">{excerpt}</blockquote>
              </div>
            ))}
          </SpaceBetween>
        </ExpandableSection>
      )}
      {toolCalls.length > 0 && (
        <ExpandableSection headerText={countOf(toolCalls.length, 'tool call')} variant="footer">
          {toolCalls.map(({ name, status, durationMs, clauseIds, input }) => (
            <div key={`${name} ${durationMs}`}>
              <Badge color={status === 'success' ? 'green' : 'red'}>{asWords(name)}</Badge> {asDuration(durationMs)}{' '}
              {clauseIds.join(', ')}
              <Box variant="code" display="block">
                {JSON.stringify(input)}
              </Box>
            </div>
          ))}
        </ExpandableSection>
      )}
    </>
  );
}
