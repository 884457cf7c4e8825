import type { Request, Response } from 'express';
import { type Logger, lineSinkOf } from '../logging/logger.ts';
import { redactText } from '../logging/redact.ts';

const MAX_PATH = 256;
/** Logged when the client went away before the answer was complete. */
const CLIENT_CLOSED = 499;

export type LogAccess = (req: Request, res: Response, path: string, status: number, ms: number) => void;

/**
 * A line per answer, `{ timestamp, level, service, message: "request", method, path, status, ms, ip, request_id }`, and
 * the `code` of an error, built as a string and appended to the logger's batch. The query string is left out: it may hold codes and addresses.
 */
export function createAccessLog(logger: Logger, service: string): LogAccess {
  if (!logger.isLevelEnabled('info')) return () => undefined;
  const sink = lineSinkOf(logger);
  if (sink === undefined) {
    return (req, res, path, status, ms) => {
      logger.info('request', {
        method: req.method,
        path,
        status,
        ms,
        request_id: res.locals.requestId,
        code: res.locals.code,
      });
    };
  }
  const head = `","level":"info","service":${JSON.stringify(service)},"message":"request","method":"`;
  const time = createTimestamps();
  return (req, res, path, status, ms) => {
    const shown = JSON.stringify(redactText(path.length > MAX_PATH ? path.slice(0, MAX_PATH) : path));
    const ip = JSON.stringify(req.socket?.remoteAddress ?? '');
    const { requestId, code } = res.locals;
    const refused = code === undefined ? '' : `,"code":"${code}"`;
    // The method is one of Node's list, the id was checked and the code is ours: none needs escaping.
    sink.append(
      `{"timestamp":"${time()}${head}${req.method}","path":${shown},"status":${status},"ms":${ms.toFixed(1)},` +
        `"ip":${ip},"request_id":"${requestId}"${refused}}\n`,
    );
  };
}

/** What the answer is counted as: its status, or 499 when the client did not wait for it. */
export function finalStatus(res: Response): number {
  return res.writableFinished ? res.statusCode : CLIENT_CLOSED;
}

/** The same text for all lines of a millisecond. */
function createTimestamps(): () => string {
  let at = 0;
  let text = '';
  return () => {
    const now = Date.now();
    if (now !== at) {
      at = now;
      text = new Date(now).toISOString();
    }
    return text;
  };
}
