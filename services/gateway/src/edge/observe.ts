import { type Logger, type Metrics, redactText } from '@artdag/service-kit';
import type { Exchange } from './exchange.ts';
import { createLineBatch } from './line-batch.ts';

/** Notes the end of a forwarded request, in the log and in the metrics, in the form of service-kit's own. */
export interface Observer {
  ended(exchange: Exchange): void;
  /** Writes what it still holds. */
  flush(): void;
}

/** Logged when the client went away before the answer was complete. */
const clientClosed = 499;
const maxPath = 256;
const maxChildren = 5000;

export function createObserver(o: { logger: Logger; metrics: Metrics; service: string }): Observer {
  const observe = createDurations(o.metrics);
  const batch = createLineBatch(o.logger);
  const timestamp = createTimestamps();
  const head = `"level":"info","service":"${o.service}","message":"request"`;
  const quiet = !o.logger.isLevelEnabled('info');
  return {
    ended(exchange) {
      const { request, response, route, startedAt } = exchange;
      const status = response.writableFinished ? response.statusCode : clientClosed;
      const ms = performance.now() - startedAt;
      observe(request.method ?? '', route.path, status, ms / 1000);
      if (!quiet) batch.add(toLine(exchange, `"timestamp":"${timestamp()}",${head}`, status, ms));
    },
    flush: batch.flush,
  };
}

/** The query string is left out: it may hold codes and addresses. */
function toLine({ request, requestId }: Exchange, head: string, status: number, ms: number): string {
  const { url = '', method = '' } = request;
  const mark = url.indexOf('?');
  const path = redactText((mark === -1 ? url : url.slice(0, mark)).slice(0, maxPath));
  const ip = request.socket.remoteAddress ?? '';
  // Method, address and id are Node's or were checked: they need no escaping.
  return (
    `{${head},"method":"${method}","path":${JSON.stringify(path)},"status":${status},"ms":${ms.toFixed(1)},` +
    `"ip":"${ip}","request_id":"${requestId}"}`
  );
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

type Histogram = Pick<ReturnType<Metrics['histogram']>, 'labels'>;

const histogramName = 'http_request_duration_seconds';

/** The one histogram of all requests. Label sets are resolved once. */
function createDurations(metrics: Metrics) {
  let histogram: Histogram | undefined;
  const children = new Map<string, { observe: (seconds: number) => void }>();
  return (method: string, route: string, status: number, seconds: number): void => {
    const key = `${method} ${status} ${route}`;
    let child = children.get(key);
    if (!child) {
      histogram ??= findHistogram(metrics);
      child = histogram.labels({ method, route, status: String(status) });
      if (children.size < maxChildren) children.set(key, child);
    }
    child.observe(seconds);
  };
}

/** The one that createHttpApp has made for the gateway's own routes: a registry takes a name only once. */
function findHistogram(metrics: Metrics): Histogram {
  const found = metrics.registry.getSingleMetric(histogramName);
  if (found && 'observe' in found) return found;
  return metrics.histogram(histogramName, 'Time from request to end of answer.', ['method', 'route', 'status']);
}
