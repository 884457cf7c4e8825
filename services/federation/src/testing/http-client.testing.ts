import { request } from 'node:http';

export interface RawAnswer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
  json(): Record<string, unknown>;
}

/** One HTTP exchange with full say over the headers, in order and twice if so wished: `fetch` would not send some of them. */
export function send(
  url: string,
  o: { method?: string; headers?: [string, string][]; body?: Buffer | string } = {},
): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const { hostname, port, pathname, search } = new URL(url);
    const headers = (o.headers ?? []).flat();
    if (o.body !== undefined) headers.push('content-length', String(Buffer.byteLength(o.body)));
    if (!headers.some((text, i) => i % 2 === 0 && text.toLowerCase() === 'host'))
      headers.push('host', `${hostname}:${port}`);
    const options = { host: hostname, port, path: pathname + search, method: o.method ?? 'GET', agent: false, headers };
    const req = request(options as object, (res) => {
      const chunks: Buffer[] = [];
      res.on('data', (chunk: Buffer) => chunks.push(chunk));
      res.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        resolve({
          status: res.statusCode ?? 0,
          headers: res.headers,
          text,
          json: () => JSON.parse(text) as Record<string, unknown>,
        });
      });
      res.on('error', reject);
    });
    req.on('error', reject);
    req.end(o.body);
  });
}
