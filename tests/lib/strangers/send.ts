import { request, type Agent, type IncomingHttpHeaders, type RequestOptions } from 'node:http';
import type { Headers } from './sign-by-hand.ts';

export interface SentAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
  /** The `code` of an error; undefined when the answer has none. */
  code: string | undefined;
}

/** How long an answer may take. */
const PATIENCE_MS = 120_000;

/** One POST with full say over the headers, in order and twice if so wished. Rejects when the connection ends without an answer. */
export function send(url: string, headers: Headers, body: Buffer, agent: Agent | false = false): Promise<SentAnswer> {
  const { hostname, port, pathname, search, host } = new URL(url);
  const all: Headers = [...headers, ['content-length', String(body.length)]];
  if (!all.some(([name]) => name === 'host')) all.push(['host', host]);
  // `localhost` may be IPv6 here, where the suite does not listen.
  const to: RequestOptions = { host: hostname === 'localhost' ? '127.0.0.1' : hostname, port };
  return new Promise((resolve, reject) => {
    const options = { ...to, path: pathname + search, method: 'POST', agent, headers: all.flat() };
    const req = request(options as RequestOptions, (res) => {
      const chunks: Buffer[] = [];
      res.on('data', (chunk: Buffer) => chunks.push(chunk));
      res.on('error', reject);
      res.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        resolve({ status: res.statusCode ?? 0, headers: res.headers, text, code: codeOf(text) });
      });
    });
    req.setTimeout(PATIENCE_MS, () => req.destroy(new Error('no answer in time')));
    req.on('error', reject);
    req.end(body);
  });
}

function codeOf(text: string): string | undefined {
  const json = text.startsWith('{') ? (JSON.parse(text) as { code?: string }) : {};
  return json.code;
}
