import { type IncomingMessage, STATUS_CODES, type Server, type ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Logger } from '@artdag/service-kit';
import type { Challenge } from './challenge.ts';

interface Answer {
  status: number;
  code: string;
  detail: string;
}

type ClientError = NodeJS.ErrnoException & { rawPacket?: Buffer };

/** How long what a refused client still sends is read and forgotten, so that it gets to see the answer. */
const lingerMs = 2000;
/** Nobody is there any more to answer. */
const gone = new Set(['ECONNRESET', 'EPIPE', 'HPE_INVALID_EOF_STATE']);

/**
 * Answers what never became a request: bytes that are not HTTP, contradictory lengths (request smuggling), headers over
 * the cap, headers that never end. The connection is closed after the answer.
 */
export function answerClientErrors(server: Server, logger: Logger, challenge: Challenge): void {
  const answered = new WeakSet<Socket>();
  const current = new WeakMap<Duplex, ServerResponse>();
  const note = (request: IncomingMessage, response: ServerResponse): void => {
    current.set(request.socket, response);
  };
  server.on('request', note).on('checkContinue', note);

  server.on('clientError', (error: ClientError, socket) => {
    if (!(socket instanceof Socket) || answered.has(socket)) return;
    answered.add(socket);
    const response = current.get(socket);
    const busy = response !== undefined && !response.writableFinished;
    if (gone.has(error.code ?? '') || !socket.writable || (busy && response.headersSent)) {
      socket.destroy();
      return;
    }
    const answer = answerFor(error);
    logger.info('request refused', { status: answer.status, code: answer.code, reason: error.code });
    // Whoever works on a request of this connection sees it close.
    socket.end(serialise(answer, challenge), () => void (busy && socket.destroy()));
    setTimeout(() => socket.destroy(), lingerMs).unref();
  });
}

function answerFor(error: ClientError): Answer {
  switch (error.code) {
    case 'HPE_HEADER_OVERFLOW':
      return error.rawPacket && isCredential(error.rawPacket)
        ? { status: 401, code: 'invalid_token', detail: 'The token is not valid here. Sign in again to get a new one.' }
        : { status: 431, code: 'headers_too_large', detail: 'The headers are larger than the 64 KiB allowed here.' };
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return { status: 408, code: 'request_timeout', detail: 'The request took too long to arrive.' };
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return { status: 413, code: 'body_too_large', detail: 'The chunk extensions are too large.' };
    default:
      return { status: 400, code: 'bad_request', detail: 'The request is not valid HTTP/1.1.' };
  }
}

/**
 * Whether the headers overflowed inside one value of nothing but token68 characters (RFC 9110 §11.2): a credential, and
 * longer than any of ours, so it is told what every other bad one is told. The cap is no less than what is read at
 * once, so the packet begins inside the value that is too long.
 */
function isCredential(packet: Buffer): boolean {
  return /^[\w.~+/=-]+(?:\r|$)/.test(packet.toString('latin1'));
}

function serialise({ status, code, detail }: Answer, challenge: Challenge): string {
  const body = JSON.stringify({ detail, code, request_id: null });
  const headers = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'X-Content-Type-Options: nosniff',
    'Cache-Control: no-store',
    'Connection: close',
    ...(status === 401 ? [`WWW-Authenticate: ${challenge.text}`] : []),
  ];
  return `${headers.join('\r\n')}\r\n\r\n${body}`;
}
