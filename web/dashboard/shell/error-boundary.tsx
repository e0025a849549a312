import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { Component, type ReactNode } from 'react';
import { ProblemAlert } from './problem-alert.tsx';

interface State {
  readonly error?: unknown;
}

/** Keeps a page that broke from taking the others with it. A new `page` starts afresh. */
export class ErrorBoundary extends Component<{ readonly page: string; readonly children: ReactNode }, State> {
  override state: State = {};

  static getDerivedStateFromError(error: unknown): State {
    return { error };
  }

  override componentDidUpdate({ page }: { readonly page: string }): void {
    if (page !== this.props.page && this.state.error !== undefined) this.setState({ error: undefined });
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (error === undefined) return this.props.children;
    return (
      <SpaceBetween size="m">
        <ProblemAlert error={error} retry={() => this.setState({ error: undefined })} />
        <Button onClick={() => location.reload()}>Load the dashboard anew</Button>
      </SpaceBetween>
    );
  }
}
