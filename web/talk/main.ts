import { forAgent, readInvitation, withoutKey } from './address.ts';
import { speakingAgents } from './agents.ts';
import { type TalkCall, talkCall } from './call.ts';
import { element, followEnd, offerAgents, openKeypad, SCREEN, showSetup } from './page.ts';

const KEYS = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '*', '0', '#'];

let call: TalkCall | undefined;

function begin(agentId: string, key: string): void {
  const version = document.body.dataset.version ?? '';
  const credential = { apiOrigin: window.location.origin, agentId, key };
  call = talkCall(credential, (name) => `/talk/${name}.js?v=${version}`, SCREEN);
  showSetup(false);
  offerAgents([], agentId);
  void speakingAgents(credential).then((agents) => offerAgents(agents, agentId));
}

function askWhom(agentId: string | undefined): void {
  showSetup(true);
  const agent = element<HTMLInputElement>('agent');
  if (agentId !== undefined) agent.value = agentId;
  (agent.value === '' ? agent : element<HTMLInputElement>('key')).focus();
}

function listenToSetup(): void {
  element<HTMLFormElement>('setup-form').addEventListener('submit', (event) => {
    event.preventDefault();
    const agentId = element<HTMLInputElement>('agent').value.trim();
    const key = element<HTMLInputElement>('key');
    window.history.replaceState(null, '', forAgent(window.location.href, agentId));
    begin(agentId, key.value.trim());
    key.value = '';
    element('call-button').focus();
  });
  element('change-agent').addEventListener('click', () => askWhom(readInvitation(window.location.href).agentId));
}

function listenToCall(): void {
  element('call-button').addEventListener('click', () => call?.toggle());
  element<HTMLSelectElement>('other-agent').addEventListener('change', ({ currentTarget }) => {
    call?.switchTo((currentTarget as HTMLSelectElement).value);
  });
  element('mute').addEventListener('click', () => call?.toggleMute());
  element('keypad-button').addEventListener('click', () => {
    openKeypad(element('keypad-button').getAttribute('aria-expanded') !== 'true');
  });
  // Scrolled with the keyboard, too, where a browser doesn't see to that by itself.
  element('transcript').tabIndex = 0;
  followEnd('transcript');
  element('keypad').append(
    ...KEYS.map((digit) => {
      const button = document.createElement('button');
      button.type = 'button';
      button.textContent = digit;
      button.addEventListener('click', () => call?.press(digit));
      return button;
    }),
  );
  const typed = element<HTMLInputElement>('typed');
  element<HTMLFormElement>('typed-form').addEventListener('submit', (event) => {
    event.preventDefault();
    const text = typed.value.trim();
    if (text === '') return;
    call?.type(text);
    typed.value = '';
  });
  window.addEventListener('beforeunload', (event) => {
    if (call?.isOn() === true) event.preventDefault();
  });
}

const { agentId, key } = readInvitation(window.location.href);
if (key !== undefined) window.history.replaceState(null, '', withoutKey(window.location.href));
listenToSetup();
listenToCall();
if (agentId !== undefined && key !== undefined) begin(agentId, key);
else askWhom(agentId);
