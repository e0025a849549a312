/** A JSON request with a bearer token. Throws an `Error` that carries the problem's code and detail. */
export async function askJson<Answer>(
  url: string,
  token: string,
  { method = 'GET', json }: { readonly method?: string; readonly json?: object } = {},
): Promise<Answer> {
  const response = await fetch(url, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(json === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(json === undefined ? {} : { body: JSON.stringify(json) }),
  });
  const text = await response.text();
  const answer = (text === '' ? {} : JSON.parse(text)) as Answer & { readonly code?: string; readonly detail?: string };
  if (response.ok) return answer;
  const { pathname } = new URL(url);
  throw new Error(`${method} ${pathname}: ${response.status} ${answer.code ?? ''} ${answer.detail ?? ''}`.trimEnd());
}
