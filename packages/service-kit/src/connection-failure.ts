/** Seconds after which a caller may try a failed dependency again; sent as Retry-After. */
export const RETRY_AFTER_SECONDS = 5;

const NETWORK =
  'ECONNREFUSED ECONNRESET ECONNABORTED EPIPE ETIMEDOUT ENOTFOUND EAI_AGAIN EHOSTUNREACH ENETUNREACH UND_ERR_SOCKET ' +
  'UND_ERR_CONNECT_TIMEOUT UND_ERR_HEADERS_TIMEOUT UND_ERR_BODY_TIMEOUT UND_ERR_CLOSED UND_ERR_DESTROYED';
// Shut down by an administrator or after a crash, starting up, too many connections; class 08 is tested by pattern.
const POSTGRESQL = '57P01 57P02 57P03 53300';
// Cannot reach, timed out, connection closed, pool exhausted, too many connections.
const PRISMA = 'P1001 P1002 P1008 P1017 P2024 P2037';

const CODES = new Set(`${NETWORK} ${POSTGRESQL} ${PRISMA}`.split(' '));

const PRISMA_ADAPTER_KINDS = new Set([
  'DatabaseNotReachable',
  'ConnectionClosed',
  'SocketTimeout',
  'TooManyConnections',
]);

// pg, ioredis and amqplib report a lost connection by message only.
const MESSAGES = [
  /^Connection terminated/,
  /^timeout exceeded when trying to connect/,
  /^Client has encountered a connection error/,
  /^Cannot use a pool after calling end/,
  /^Connection is closed\.?$/,
  /^Connection closed/,
  /^Channel (closed|ended)/,
  /^Command timed out/,
  /^Reached the max retries per request limit/,
  /^Stream isn't writeable/,
];

const MAX_DEPTH = 5;

/**
 * Whether `error` says that a dependency (PostgreSQL, Redis, RabbitMQ, another service) could not be reached, as
 * opposed to having refused what it was asked. Looks through `cause` and the members of an AggregateError.
 */
export function isConnectionFailure(error: unknown, depth = 0): boolean {
  if (typeof error !== 'object' || error === null || depth > MAX_DEPTH) return false;
  const { code, kind, message, cause, errors } = error as Record<string, unknown>;
  if (typeof code === 'string' && (CODES.has(code) || /^08[0-9A-Z]{3}$/.test(code))) return true;
  if (typeof kind === 'string' && PRISMA_ADAPTER_KINDS.has(kind)) return true;
  if (typeof message === 'string' && MESSAGES.some((pattern) => pattern.test(message))) return true;
  if (Array.isArray(errors) && errors.some((inner) => isConnectionFailure(inner, depth + 1))) return true;
  return cause !== undefined && isConnectionFailure(cause, depth + 1);
}
