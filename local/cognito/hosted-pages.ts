import type { UserPoolClient } from './user-pool.ts';

const escaped = (text: string): string => text.replaceAll(/[&<>"']/g, (character) => `&#${character.codePointAt(0)};`);

const STYLE = `
  :root { color-scheme: light dark; font-family: system-ui, sans-serif; }
  body { display: grid; place-items: center; min-height: 100vh; margin: 0; background: light-dark(#f3f3f7, #0f141a); color: light-dark(#16191f, #eaeded); }
  main { width: min(22rem, calc(100vw - 2rem)); padding: 2rem; box-sizing: border-box; border-radius: 12px; background: light-dark(#fff, #1b232d); border: 1px solid light-dark(#c6c6cd, #424650); }
  h1 { font-size: 1.3rem; margin: 0 0 1rem; }
  label { display: block; margin: 1rem 0 .3rem; font-weight: 600; }
  input { width: 100%; box-sizing: border-box; padding: .5rem; font: inherit; border-radius: 8px; border: 1px solid #7d8998; }
  button { width: 100%; margin-top: 1.5rem; padding: .6rem; font: inherit; font-weight: 700; color: #fff; background: #0f5ea8; border: 0; border-radius: 20px; }
  p { line-height: 1.4 } [role=alert] { color: light-dark(#b0140a, #ff8d82); }
  small { color: light-dark(#545b64, #b6bec9); }`;

const page = (title: string, body: string): string => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title><style>${STYLE}</style></head>
<body><main><h1>${escaped(title)}</h1>${body}</main></body></html>`;

const EMBEDDED = '<p><small>The embedded Amazon Cognito of this machine.</small></p>';

export interface LoginForm {
  readonly client: UserPoolClient;
  /** The query of the request, handed on by the form. */
  readonly query: string;
  /** Against forms of other pages. */
  readonly csrf: string;
  readonly email?: string;
  readonly wrong?: string;
  /** The user must choose a password of his own first; the sealed challenge that he may. */
  readonly challenge?: string;
}

const field = (id: string, label: string, type: string, autocomplete: string, value = ''): string =>
  `<label for="${id}">${label}</label><input id="${id}" name="${id}" type="${type}" autocomplete="${autocomplete}" value="${escaped(value)}" required>`;

/** The sign-in form, or the one for a first password of one's own. */
export function loginPage({ query, csrf, email = '', wrong, challenge }: LoginForm): string {
  const fields =
    challenge === undefined
      ? field('username', 'Email', 'email', 'username', email) +
        field('password', 'Password', 'password', 'current-password')
      : `<p>Choose a password of your own.</p><input type="hidden" name="challenge" value="${escaped(challenge)}">` +
        field('new_password', 'New password', 'password', 'new-password');
  const alert = wrong === undefined ? '' : `<p role="alert">${escaped(wrong)}</p>`;
  const form = `<form method="post" action="/login?${escaped(query)}">${alert}<input type="hidden" name="_csrf" value="${escaped(csrf)}">${fields}<button>Sign in</button></form>`;
  return page('Sign in', form + EMBEDDED);
}

/** As Cognito's `/error` page: for requests that name no valid client or address to go back to. */
export const errorPage = (message: string): string =>
  page('Something went wrong', `<p role="alert">${escaped(message)}</p>${EMBEDDED}`);
