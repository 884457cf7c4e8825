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
 * Writes bytes to a port as they are and reads until the other side is done: it closes, or what came are whole answers and it has been
 * silent for `quietMs` since.
 */
export function sendRaw(port: number, bytes: string | Buffer, quietMs = 150): Promise<RawAnswer> {
  return new Promise((resolve) => {
    let text = '';
    let quiet: NodeJS.Timeout | undefined;
    const isHead = bytes.toString('latin1').startsWith('HEAD ');
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
      // In the middle of an answer the machine may stand still.
      if (areWhole(text, isHead)) quiet = setTimeout(finish, quietMs);
    });
    socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes);
    setTimeout(finish, 30_000).unref();
  });
}

/** Whether the text is answers that have ended, none of them broken off. */
function areWhole(text: string, isHead: boolean): boolean {
  for (let rest = text; rest !== '';) {
    const { status, headers, body } = parseAnswer(rest);
    if (!rest.includes('\r\n\r\n')) return false;
    const length = isHead || status < 200 || status === 204 || status === 304 ? 0 : bodyLength(headers, body);
    if (length === undefined || length > body.length) return false;
    rest = body.slice(length);
  }
  return true;
}

/** Undefined when the body has no end of its own, or has not reached it. */
function bodyLength(headers: Record<string, string>, body: string): number | undefined {
  if (headers['transfer-encoding'] === undefined)
    return headers['content-length'] === undefined ? undefined : Number(headers['content-length']);
  for (let at = 0; ;) {
    const [line, size] = /^([0-9a-f]+)[^\r\n]*\r\n/i.exec(body.slice(at)) ?? [];
    if (line === undefined) return undefined;
    at += line.length + Number.parseInt(size ?? '', 16) + 2;
    if (/^0+$/.test(size ?? '')) return at;
  }
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
