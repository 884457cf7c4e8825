import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';

/** Clients that wait for `100 Continue` before they send their body (RFC 9110 §10.1.1). */
export interface Continues {
  /** Lets the app answer such requests, instead of Node's telling every client to go on. */
  attach(server: Server, app: RequestListener): void;
  isWaiting(request: IncomingMessage): boolean;
  /** Tells the client to go on, if it waits. Called when somebody wants the body. */
  goOn(request: IncomingMessage, response: ServerResponse): void;
}

export function createContinues(): Continues {
  const waiting = new WeakSet<IncomingMessage>();
  return {
    attach(server, app) {
      server.on('checkContinue', (request, response) => {
        waiting.add(request);
        app(request, response);
      });
    },
    isWaiting: (request) => waiting.has(request),
    goOn(request, response) {
      if (waiting.delete(request)) response.writeContinue();
    },
  };
}
