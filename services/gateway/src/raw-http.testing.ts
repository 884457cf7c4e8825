import { connect } from 'node:net';

/** The parts of a raw answer. */
export interface RawAnswer {
  /** 0 when the connection ended without an answer. */
  status: number;
  headers: Record<string, string>;
  body: string;
  /** Everything that came. */
  text: string;
}

/**
 * Writes bytes to a port as they are and reads until the other side is done: it closes, or has been silent for
 * `quietMs` after a whole answer, or for two seconds in the middle of one.
 */
export function sendRaw(port: number, bytes: string | Buffer, quietMs = 150): Promise<RawAnswer> {
  return new Promise((resolve) => {
    let text = '';
    let quiet: NodeJS.Timeout | undefined;
    const socket = connect(port, '127.0.0.1');
    const finish = (): void => {
      clearTimeout(quiet);
      socket.destroy();
      resolve(parseAnswer(text));
    };
    socket.on('error', finish).on('close', finish);
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      clearTimeout(quiet);
      quiet = setTimeout(finish, isWhole(parseAnswer(text)) ? quietMs : 2000);
    });
    socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes);
    setTimeout(finish, 25_000).unref();
  });
}

/** Whether the head of the first answer, and a body of the length that it names, have come. */
function isWhole({ status, headers, body }: RawAnswer): boolean {
  if (status === 0) return false;
  if (headers['transfer-encoding'] === 'chunked') return body.endsWith('0\r\n\r\n');
  return body.length >= Number(headers['content-length'] ?? 0);
}

/** `GET target` with a Host and whatever header lines are given. */
export function rawGet(port: number, target: string, lines: readonly string[] = []): Promise<RawAnswer> {
  return sendRaw(port, [`GET ${target} HTTP/1.1`, 'Host: l2.example', ...lines, '', ''].join('\r\n'));
}

function parseAnswer(text: string): RawAnswer {
  const end = text.indexOf('\r\n\r\n');
  const [statusLine = '', ...lines] = (end === -1 ? text : text.slice(0, end)).split('\r\n');
  const headers = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
  );
  return {
    status: Number(statusLine.split(' ')[1] ?? 0),
    headers,
    body: end === -1 ? '' : text.slice(end + 4),
    text,
  };
}
