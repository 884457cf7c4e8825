import { connect } from 'node:net';
import { insist } from './patience.ts';

export interface RawAnswer {
  /** 0 when the connection ended without an answer. */
  status: number;
  /** Names in lower case. */
  headers: Record<string, string>;
  body: Buffer;
}

const giveUpMs = 120_000;

interface RawOptions {
  method?: string;
  headers?: readonly string[];
  body?: string;
}

/**
 * Writes a request byte by byte as it is given and reads until the server closes; no client tidies the target up. What is answered 503 is asked
 * again for a while.
 */
export function rawRequest(origin: string, target: string, o: RawOptions = {}): Promise<RawAnswer> {
  return insist(() => rawRequestOnce(origin, target, o));
}

function rawRequestOnce(origin: string, target: string, o: RawOptions): Promise<RawAnswer> {
  const { port, host } = new URL(origin);
  const { body = '' } = o;
  const length = body === '' ? [] : [`Content-Length: ${Buffer.byteLength(body, 'latin1')}`];
  const lines = [
    `${o.method ?? 'GET'} ${target} HTTP/1.1`,
    `Host: ${host}`,
    'Connection: close',
    ...length,
    ...(o.headers ?? []),
  ];
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    const socket = connect(Number(port), '127.0.0.1');
    const finish = (): void => {
      socket.destroy();
      resolve(parse(Buffer.concat(chunks)));
    };
    socket
      .setTimeout(giveUpMs, finish)
      .on('error', finish)
      .on('close', finish)
      .on('data', (chunk) => chunks.push(chunk));
    socket.write(Buffer.from(`${lines.join('\r\n')}\r\n\r\n${body}`, 'latin1'));
  });
}

function parse(answer: Buffer): RawAnswer {
  const end = answer.indexOf('\r\n\r\n');
  const [first = '', ...lines] = answer.subarray(0, Math.max(0, end)).toString('latin1').split('\r\n');
  const pairs = lines.map((line): [string, string] => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
  });
  return {
    status: Number(first.split(' ')[1] ?? 0),
    headers: Object.fromEntries(pairs),
    body: answer.subarray(end + 4),
  };
}
