import { describe, expect, test } from 'vitest';
import { readConfig } from '../../../web/dashboard/shell/config.ts';
import { findRoute, matchPath } from '../../../web/dashboard/shell/match-path.ts';
import { isSignedOut, problemText } from '../../../web/dashboard/shell/problem-text.ts';
import { logoutAddress, safeReturn } from '../../../web/dashboard/shell/sign-in-addresses.ts';

const DOCUMENT = {
  api: '/',
  webSocket: 'wss://x.execute-api.us-east-1.amazonaws.com/live',
  issuer: 'https://cognito-idp.us-east-1.amazonaws.com/us-east-1_abc',
  signIn: 'https://oratio.auth.us-east-1.amazoncognito.com/',
  clientId: 'client',
  stage: 'dev',
};

describe('the settings of the stage', () => {
  test('say where things are; an API that is only a path is beside the dashboard', () => {
    expect(readConfig(DOCUMENT, 'https://d1.cloudfront.net')).toEqual({
      ...DOCUMENT,
      api: 'https://d1.cloudfront.net',
      signIn: 'https://oratio.auth.us-east-1.amazoncognito.com',
    });
    const elsewhere = readConfig({ ...DOCUMENT, api: 'https://api.example.com' }, 'https://d1.cloudfront.net');
    expect(elsewhere.api).toBe('https://api.example.com');
  });

  test('are refused by the names that are missing', () => {
    expect(() => readConfig({ ...DOCUMENT, clientId: '', stage: 3 }, 'https://d1.cloudfront.net')).toThrow(
      'config.json does not say clientId, stage.',
    );
    expect(() => readConfig(null, 'https://d1.cloudfront.net')).toThrow('api, webSocket');
  });
});

describe('an address', () => {
  const routes = [{ path: '/agents/{agentId}' }, { path: '/agents/new' }, { path: '/agents' }];

  test('leads to the page that names it most exactly, with its names decoded', () => {
    expect(
      ['/agents', '/agents/', '/agents/new', '/agents/a%2Fb', '/agents/a/b', '/', '/agents/%E0%A4%A'].map((path) => {
        const found = findRoute(routes, path);
        return found && [found.route.path, found.parameters];
      }),
    ).toEqual([
      ['/agents', {}],
      ['/agents', {}],
      ['/agents/new', {}],
      ['/agents/{agentId}', { agentId: 'a/b' }],
      undefined,
      undefined,
      undefined,
    ]);
    expect(matchPath('/calls/{callId}', '/calls/1')).toEqual({ callId: '1' });
  });

  test('to come back to after sign-in is one of the dashboard', () => {
    const given = ['/calls?status=failed', '//evil.example', '/\\evil.example', 'https://evil.example', undefined];
    expect([...given, '/signed-in?code=1'].map(safeReturn)).toEqual([
      '/calls?status=failed',
      ...Array(5).fill('/agents'),
    ]);
  });

  test('of sign-out names the client and the page after it', () => {
    const config = readConfig(DOCUMENT, 'https://d1.cloudfront.net');
    expect(logoutAddress(config, 'https://d1.cloudfront.net')).toBe(
      'https://oratio.auth.us-east-1.amazoncognito.com/logout?client_id=client&logout_uri=https%3A%2F%2Fd1.cloudfront.net%2Fsigned-out',
    );
  });
});

describe('a failure in words', () => {
  const problem = (members: object): Error => Object.assign(new Error('x'), members);

  test('has the title of the problem, its detail and what to do', () => {
    expect(
      problemText(
        problem({ status: 409, title: 'Agent is busy', detail: 'It is being updated', errors: [], requestId: 'r' }),
      ),
    ).toEqual({
      title: 'Agent is busy',
      text: 'It is being updated. Look at how things stand now and try again.',
      errors: [],
      requestId: 'r',
    });
    expect(problemText(problem({ status: 429, title: 'Too many requests', retryAfterSeconds: 7 })).text).toBe(
      'Wait 7 s and try again.',
    );
    expect(problemText(new Error('No such device')).text).toBe('No such device.');
    expect(problemText('nothing').title).toBe('This did not work');
  });

  test('is the end of the session only where the API says so', () => {
    const failures = [problem({ status: 401, title: 'x' }), problem({ status: 403, title: 'x' }), new Error('401')];
    expect(failures.map(isSignedOut)).toEqual([true, false, false]);
  });
});
