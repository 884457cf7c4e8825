import type { ServerResponse } from 'node:http';
import { AppError, RETRY_AFTER_SECONDS } from '@artdag/service-kit';
import type { Dispatcher } from 'undici';
import type { Challenge } from '../edge/challenge.ts';
import type { Exchange } from '../edge/exchange.ts';
import { responseHeaders, rewriteChallenges } from './response-headers.ts';
import type { Unread } from './unread.ts';

export interface RelayOptions {
  exchange: Exchange;
  challenge: Challenge;
  /** After so long a client that takes nothing is cut off, since it keeps a connection to the service. */
  takesNothingMs: number;
  unread: Unread;
  /** The service has answered: it wants no more of the request. */
  onAnswer: () => void;
  /** Sends the request again; used once, when a kept connection was dead before anything came back. */
  retry: (() => void) | undefined;
  /** Called at most once, and only while nothing has been sent to the client. */
  refuse: (error: AppError) => void;
}

/** What a kept connection says when its other end has closed it meanwhile. */
const staleConnection = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE']);
/** A client that takes a little now and then has so many times as long for the whole. */
const slowFactor = 4;
/** Bodies up to this length go out together with the headers. */
const oneWriteBytes = 64 * 1024;

/**
 * Passes a service's answer on as it comes: raw headers, then chunk by chunk, as fast as the client takes them. The
 * client's leaving ends the request to the service; the service's breaking off half-way breaks the client's connection
 * off, since an answer that is cut must not look complete.
 *
 * It has undici's first interface for handlers: the later one reads every header into an object, which nobody here wants.
 */
export class ResponseRelay implements Dispatcher.DispatchHandler {
  readonly #exchange: Exchange;
  readonly #challenge: Challenge;
  readonly #refuse: (error: AppError) => void;
  readonly #takesNothingMs: number;
  readonly #onAnswer: () => void;
  readonly #unread: Unread;
  /** What this answer has in there. */
  #own = 0;
  #slow: NodeJS.Timeout | undefined;
  #stalled: NodeJS.Timeout | undefined;
  #retry: (() => void) | undefined;
  #abort: ((reason: Error) => void) | undefined;
  #resume: () => void = () => undefined;
  /** Of the whole body, where the service announced it. */
  #length: number | undefined;
  #refused = false;
  #isPaused = false;

  constructor(o: RelayOptions) {
    this.#exchange = o.exchange;
    this.#challenge = o.challenge;
    this.#refuse = o.refuse;
    this.#takesNothingMs = o.takesNothingMs;
    this.#onAnswer = o.onAnswer;
    this.#unread = o.unread;
    this.#retry = o.retry;
  }

  /**
   * To be called when the client's side is over: ends what is still under way to the service.
   * @returns false when the request was refused, and so is somebody else's to note
   */
  close(): boolean {
    clearTimeout(this.#slow);
    this.#taken();
    if (this.#refused) return false;
    if (!this.#exchange.response.writableFinished) this.#abort?.(new Error('The client left.'));
    return true;
  }

  onConnect(abort: (reason?: Error) => void): void {
    this.#abort = abort;
    if (this.#exchange.response.destroyed) abort(new Error('The client left.'));
  }

  onHeaders(status: number, raw: Buffer[], resume: () => void, statusText: string): boolean {
    if (status < 200) return true;
    this.#onAnswer();
    this.#resume = resume;
    const { response, vary, requestId, clearCookies } = this.#exchange;
    const { headers, length } = responseHeaders(raw, vary, clearCookies);
    if (status === 401) rewriteChallenges(headers, this.#challenge);
    // They are among the headers, unless the service sets those cookies itself.
    if (clearCookies.length > 0) response.removeHeader('set-cookie');
    headers.push('X-Request-Id', requestId);
    this.#length = length;
    response.writeHead(status, statusText, headers);
    return true;
  }

  /** False: no more until the client has taken what is there. An answer of moderate length waits here meanwhile. */
  onData(chunk: Buffer): boolean {
    const { response } = this.#exchange;
    if (chunk.length === this.#length && chunk.length <= oneWriteBytes) {
      // Node puts a string of bytes, but not a buffer, into one piece with the headers.
      response.write(chunk.toString('latin1'), 'latin1');
      return true;
    }
    if (response.write(chunk)) return true;
    this.#slow ??= setTimeout(this.#giveUp, this.#takesNothingMs * slowFactor);
    if (this.#stalled === undefined) {
      this.#watch();
      response.once('drain', this.#goOn);
    }
    if (this.#unread.take(chunk.length, this.#own)) {
      this.#own += chunk.length;
      return true;
    }
    this.#isPaused = true;
    return false;
  }

  /** Gives the client up when as much waits for it as did a while ago. An answer that has ended drains without saying so. */
  #watch(): void {
    const { response } = this.#exchange;
    const left = (): number => response.writableLength + (response.socket?.writableLength ?? 0);
    const before = left();
    this.#stalled = setTimeout(() => {
      if (left() >= before) this.#giveUp();
      else this.#watch();
    }, this.#takesNothingMs);
  }

  /** Both sides: an answer that waits behind another one on its connection has no socket of its own to end. */
  readonly #giveUp = (): void => {
    this.#exchange.response.destroy();
    this.#abort?.(new Error('The client takes nothing.'));
  };

  readonly #goOn = (): void => {
    this.#taken();
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.#resume();
  };

  /** Nothing of the answer waits here any more. */
  #taken(): void {
    clearTimeout(this.#stalled);
    this.#stalled = undefined;
    this.#unread.giveBack(this.#own);
    this.#own = 0;
  }

  onComplete(): void {
    const { response } = this.#exchange;
    // Node lets what was written go with the next tick; an end before that would add a second, empty piece to it.
    if (!response.writableEnded) process.nextTick(endOf, response);
  }

  onError(error: Error): void {
    const { response } = this.#exchange;
    const retry = this.#retry;
    this.#retry = undefined;
    if (response.destroyed) return;
    if (response.headersSent) {
      response.destroy();
    } else if (retry && staleConnection.has(codeOf(error))) {
      retry();
    } else {
      this.#refused = true;
      this.#refuse(error instanceof AppError ? error : unavailable(error));
    }
  }
}

function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : '';
}

function unavailable(cause: Error): AppError {
  return new AppError('dependency_unavailable', 503, 'A part of the service does not answer; try again shortly.', {
    headers: { 'retry-after': String(RETRY_AFTER_SECONDS) },
    cause,
  });
}

function endOf(response: ServerResponse): void {
  response.end();
}
