import type { Writable } from 'node:stream';
import winston from 'winston';
import { LineSink } from './line-sink.ts';
import { redact } from './redact.ts';

export type Logger = winston.Logger;

export interface LoggerOptions {
  service: string;
  /** error, warn, info or debug. */
  level: string;
  /** Default: standard output. */
  stream?: Writable;
}

const MESSAGE = Symbol.for('message');
const LINES = Symbol('artdag.lines');

/**
 * A winston logger that writes JSON lines `{ timestamp, level, service, message, … }`. Values under secret-looking keys
 * and credentials inside texts are replaced (see redact). Only access-log lines are batched (see LineSink).
 */
export function createLogger(o: LoggerOptions): Logger {
  const sink = new LineSink(o.stream ?? process.stdout);
  const logger = winston.createLogger({
    level: o.level,
    format: winston.format((info) => toLine(info, o.service))(),
    transports: [new winston.transports.Stream({ stream: sink, eol: '\n' })],
  });
  // Child loggers inherit it through their prototype.
  Object.defineProperty(logger, LINES, { value: sink });
  return logger;
}

function toLine(info: winston.Logform.TransformableInfo, service: string): winston.Logform.TransformableInfo {
  const { level, message, ...rest } = info;
  const line = { timestamp: new Date().toISOString(), level, service, message: redact(message) };
  info[MESSAGE] = JSON.stringify(Object.assign(line, redact(rest)));
  return info;
}

/** Where ready-made lines of `logger` may be appended, if it was made by createLogger. */
export function lineSinkOf(logger: Logger): LineSink | undefined {
  const sink: unknown = Reflect.get(logger, LINES);
  return sink instanceof LineSink ? sink : undefined;
}

/** Writes what the logger still holds. */
export function flushLogs(logger: Logger): void {
  lineSinkOf(logger)?.flush();
}
