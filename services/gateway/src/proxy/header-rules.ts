/**
 * What happens to a header on its way to a service:
 * - `drop`: ends here, because it belongs to this connection (RFC 9110 §7.6.1), is ours to say, or would speak for
 *   somebody to a service (identity, organisation, addresses);
 * - `credential`: only goes to an owner that reads credentials itself;
 * - `keep`: passed on as it came.
 */
export type HeaderRule = 'drop' | 'credential' | 'keep';

const connection = [
  ...['connection', 'keep-alive', 'proxy-connection', 'proxy-authenticate', 'proxy-authorization'],
  ...['te', 'trailer', 'transfer-encoding', 'upgrade', 'expect', 'http2-settings'],
];
const oursToSay = [
  ...['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-port', 'x-forwarded-proto', 'x-real-ip'],
  'x-request-id',
];
const dropped = new Set([...connection, ...oursToSay]);
const credentials = new Set(['authorization', 'cookie', 'x-api-key']);
/** Whoever could send one of these past the gateway would be whoever he says. */
const identity = /^x[-_](actor|internal|org)([-_]|$)/;

/** Header names are few and their spellings too; what is remembered is bounded all the same. */
const maxRemembered = 2000;
const remembered = new Map<string, HeaderRule>();

/** The rule for a header name in whatever case. */
export function headerRule(name: string): HeaderRule {
  const known = remembered.get(name);
  if (known !== undefined) return known;
  const rule = decide(name.toLowerCase());
  if (remembered.size < maxRemembered) remembered.set(name, rule);
  return rule;
}

function decide(name: string): HeaderRule {
  if (dropped.has(name) || identity.test(name)) return 'drop';
  return credentials.has(name) ? 'credential' : 'keep';
}
