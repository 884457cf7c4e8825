import type { Metrics } from '../metrics.ts';

const MAX_CHILDREN = 5000;

export type ObserveRequest = (method: string, route: string, status: number, seconds: number) => void;

/** `http_request_duration_seconds{method,route,status}`; label sets are resolved once and kept. */
export function createRequestMetrics(metrics: Metrics): ObserveRequest {
  const histogram = metrics.histogram('http_request_duration_seconds', 'Time from request to end of answer.', [
    'method',
    'route',
    'status',
  ]);
  const children = new Map<string, { observe: (seconds: number) => void }>();
  return (method, route, status, seconds) => {
    const key = `${method} ${status} ${route}`;
    let child = children.get(key);
    if (child === undefined) {
      child = histogram.labels({ method, route, status: String(status) });
      if (children.size < MAX_CHILDREN) children.set(key, child);
    }
    child.observe(seconds);
  };
}
