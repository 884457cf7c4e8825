import { insist } from './patience.ts';

export interface Seen {
  status: number;
  /** After redirects, which are followed as browsers do. */
  path: string;
  text: string;
}

type Headers = Record<string, string | undefined>;

/** Cookies, redirects and the `Origin` of forms, without the rest of a browser. One origin. */
export interface Browser {
  get(path: string, headers?: Headers): Promise<Seen>;
  /** Sends a form. */
  post(path: string, fields: Record<string, string>, headers?: Headers): Promise<Seen>;
  /** Sorted. */
  cookieNames(): string[];
  /** Another one with the same cookies. */
  copy(): Browser;
}

const maxRedirects = 5;

export function createBrowser(url: string, cookies = new Map<string, string>()): Browser {
  async function send(path: string, init: RequestInit, more: Headers): Promise<Response> {
    const headers = new Headers({ accept: 'text/html' });
    if (cookies.size > 0) headers.set('cookie', [...cookies].map(([name, value]) => `${name}=${value}`).join('; '));
    for (const [name, value] of Object.entries(more)) if (value !== undefined) headers.set(name, value);
    const response = await insist(() => fetch(`${url}${path}`, { ...init, headers, redirect: 'manual' }));
    for (const line of response.headers.getSetCookie()) keep(cookies, line);
    return response;
  }

  async function follow(path: string, init: RequestInit, headers: Headers): Promise<Seen> {
    let at = path;
    let response = await send(at, init, headers);
    for (let hops = 0; response.status === 303 && hops < maxRedirects; hops += 1) {
      at = response.headers.get('location') ?? '';
      response = await send(at, { method: 'GET' }, { 'sec-fetch-site': 'same-origin' });
    }
    return { status: response.status, path: at, text: await response.text() };
  }

  return {
    get: (path, headers = {}) => follow(path, { method: 'GET' }, { 'sec-fetch-site': 'none', ...headers }),
    post: (path, fields, headers = {}) =>
      follow(path, { method: 'POST', body: new URLSearchParams(fields) }, { origin: url, ...headers }),
    cookieNames: () => [...cookies.keys()].toSorted(),
    copy: () => createBrowser(url, new Map(cookies)),
  };
}

/** `Max-Age=0` takes a cookie away (RFC 6265 §5.2.2); paths and domains are all the same here. */
function keep(cookies: Map<string, string>, setCookie: string): void {
  const [pair = '', ...attributes] = setCookie.split(';').map((part) => part.trim());
  const name = pair.slice(0, pair.indexOf('='));
  const isOver = attributes.some((attribute) => /^max-age=(0|-)/i.test(attribute));
  if (isOver) cookies.delete(name);
  else cookies.set(name, pair.slice(name.length + 1));
}
