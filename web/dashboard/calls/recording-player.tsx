import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { type Ref, useEffect, useImperativeHandle, useRef, useState } from 'react';
import { captionsOf, placeOf, type RecordedPart } from './recording.ts';
import type { StoryLine } from './story.ts';

/** What the lines of a call do with its recording. */
export interface PlayerHandle {
  /** Plays from this millisecond of the call on. */
  readonly playFrom: (atMs: number) => void;
}

interface Props {
  readonly parts: readonly RecordedPart[];
  /** What was said, for the captions. */
  readonly lines: readonly StoryLine[];
  readonly ref: Ref<PlayerHandle>;
  /** Where in the call playing is. */
  readonly played: (atMs: number) => void;
  /** The addresses are good for five minutes; asks for new ones. */
  readonly expired: () => void;
}

/** The recording of a call, its parts one after the other. */
export function RecordingPlayer({ parts, lines, ref, played, expired }: Props) {
  const audio = useRef<HTMLAudioElement>(null);
  const [part, setPart] = useState(0);
  /** The address that could not be read; another is another chance. */
  const [failed, setFailed] = useState<string>();
  /** Where to go on once the part that was chosen is there. */
  const wanted = useRef<number | undefined>(undefined);

  const goOn = (): void => {
    const element = audio.current;
    if (element === null || wanted.current === undefined) return;
    element.currentTime = wanted.current;
    wanted.current = undefined;
    // Refused only where the page was never touched; the controls are there then.
    element.play().catch(() => undefined);
  };
  const playFrom = (atMs: number): void => {
    const place = placeOf(parts, atMs);
    if (place === undefined) return;
    wanted.current = place.seconds;
    if (place.part !== part) setPart(place.part);
    else if ((audio.current?.readyState ?? 0) >= HTMLMediaElement.HAVE_METADATA) goOn();
    else audio.current?.load();
  };
  useImperativeHandle(ref, () => ({ playFrom }));
  const address = parts[part]?.url;
  const captions = useCaptions(lines, parts[part]);
  return (
    <SpaceBetween size="xs">
      {parts.length > 1 && (
        <Box variant="small">
          Part {part + 1} of {parts.length}: each process that held the call recorded its own.
        </Box>
      )}
      <audio
        ref={audio}
        src={address}
        controls
        preload="metadata"
        aria-label="Recording of the call"
        style={{ inlineSize: '100%' }}
        onLoadedMetadata={goOn}
        onTimeUpdate={({ currentTarget }) => played((parts[part]?.fromMs ?? 0) + currentTarget.currentTime * 1000)}
        onEnded={() => {
          if (part + 1 === parts.length) return;
          wanted.current = 0;
          setPart(part + 1);
        }}
        onError={() => {
          if (failed === undefined) expired();
          setFailed(address);
        }}
      >
        <track kind="captions" src={captions} label="What is said" />
      </audio>
      {failed !== undefined && failed === address && (
        <Alert type="warning">The recording could not be read. It may have been deleted meanwhile.</Alert>
      )}
    </SpaceBetween>
  );
}

/** Address of the part's captions for as long as they are shown. */
function useCaptions(lines: readonly StoryLine[], part: RecordedPart | undefined): string | undefined {
  const [address, setAddress] = useState<string>();
  useEffect(() => {
    if (part === undefined) return undefined;
    const made = URL.createObjectURL(new Blob([captionsOf(lines, part)], { type: 'text/vtt' }));
    setAddress(made);
    return () => URL.revokeObjectURL(made);
  }, [lines, part]);
  return address;
}
