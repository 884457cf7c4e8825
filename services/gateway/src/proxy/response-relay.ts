import { AppError, RETRY_AFTER_SECONDS } from '@artdag/service-kit';
import type { Dispatcher } from 'undici';
import type { Exchange } from '../edge/exchange.ts';
import { responseHeaders } from './response-headers.ts';

export interface RelayOptions {
  exchange: Exchange;
  /** Sends the request again; used once, when a kept connection was dead before anything came back. */
  retry: (() => void) | undefined;
  /** Called at most once, and only while nothing has been sent to the client. */
  refuse: (error: AppError) => void;
}

/** What a kept connection says when its other end has closed it meanwhile. */
const staleConnection = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE']);
/** Bodies up to this length go out together with the headers. */
const oneWriteBytes = 64 * 1024;

/**
 * Passes a service's answer on as it comes: raw headers, then chunk by chunk, as fast as the client takes them. The
 * client's leaving ends the request to the service; the service's breaking off half-way breaks the client's connection
 * off, since an answer that is cut must not look complete.
 */
export class ResponseRelay implements Dispatcher.DispatchHandler {
  readonly #exchange: Exchange;
  readonly #refuse: (error: AppError) => void;
  #retry: (() => void) | undefined;
  #controller: Dispatcher.DispatchController | undefined;
  /** Of the whole body, where the service announced it. */
  #length: number | undefined;
  #refused = false;

  constructor(o: RelayOptions) {
    this.#exchange = o.exchange;
    this.#refuse = o.refuse;
    this.#retry = o.retry;
  }

  /**
   * To be called when the client's side is over: ends what is still under way to the service.
   * @returns false when the request was refused, and so is somebody else's to note
   */
  close(): boolean {
    if (this.#refused) return false;
    if (!this.#exchange.response.writableFinished) this.#controller?.abort(new Error('The client left.'));
    return true;
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#exchange.response.destroyed) controller.abort(new Error('The client left.'));
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    _headers: unknown,
    statusText?: string,
  ): void {
    if (status < 200) return;
    const { response, vary, requestId, clearCookies } = this.#exchange;
    const { headers, length } = responseHeaders(rawHeadersOf(controller), vary, clearCookies);
    // They are among the headers, unless the service sets those cookies itself.
    if (clearCookies.length > 0) response.removeHeader('set-cookie');
    headers.push('X-Request-Id', requestId);
    this.#length = length;
    response.writeHead(status, statusText ?? '', headers);
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    const { response } = this.#exchange;
    if (chunk.length === this.#length && chunk.length <= oneWriteBytes) {
      // Node puts a string of bytes, but not a buffer, into one piece with the headers.
      response.end(chunk.toString('latin1'), 'latin1');
      return;
    }
    if (response.write(chunk)) return;
    controller.pause();
    response.once('drain', () => controller.resume());
  }

  onResponseEnd(): void {
    const { response } = this.#exchange;
    if (!response.writableEnded) response.end();
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
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

/** Names, values, names, values, … as they came. */
function rawHeadersOf({ rawHeaders }: Dispatcher.DispatchController): readonly (Buffer | string)[] {
  return Array.isArray(rawHeaders) ? rawHeaders : [];
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
