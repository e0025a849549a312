import { askJson } from '../inbox/http.ts';
import type { CallsAccess, CallView } from '../soft-contact/calls-api.ts';

export interface Dialling {
  /** E.164. */
  readonly from: string;
  readonly to: string;
  /** Each is pressed once the flow waits for the caller. */
  readonly keys: readonly string[];
}

/** Calls, tells what is heard as it is heard, presses the keys and hangs up; true when somebody took the call. */
export async function talkByKeys(
  { url, key }: CallsAccess,
  { from, to, keys }: Dialling,
  print: (line: string) => void,
): Promise<boolean> {
  const ask = (path: string, method: string, json?: object) =>
    askJson<CallView>(`${url}/calls${path}`, key, json === undefined ? { method } : { method, json });
  let told = 0;
  const tell = (call: CallView): CallView => {
    for (const words of call.heard.slice(told)) print(`Agent: ${words}`);
    told = call.heard.length;
    return call;
  };
  print(`${from} calls ${to}`);
  let call = tell(await ask('', 'POST', { from, to }));
  if (call.contactId === null) {
    print(call.refused === 'no-flow' ? 'nobody answers this number yet' : 'nobody has this number');
    return false;
  }
  const path = `/${call.contactId}`;
  for (const pressed of keys) {
    if (call.state !== 'waiting') break;
    print(`Caller presses ${pressed}`);
    call = tell(await ask(`${path}/keys`, 'POST', { keys: pressed }));
  }
  if (call.state === 'queued') print(handedOver(call));
  if (call.state === 'over') print('the agent hung up');
  else {
    tell(await ask(path, 'DELETE'));
    print('hung up');
  }
  return true;
}

const handedOver = ({ attributes: { summary } }: CallView): string =>
  summary === undefined || summary === ''
    ? 'the caller waits for a person'
    : `the caller waits for a person, who reads: ${summary}`;
