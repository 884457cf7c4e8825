import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** A request as it came over the wire. */
export interface RawRequest {
  method: string;
  /** Path and query. */
  target: string;
  headers: Readonly<Record<string, string | undefined>>;
  body?: string;
}

interface Scope {
  accessKey: string;
  date: string;
  region: string;
  service: string;
  signedHeaders: string[];
  signature: string;
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();

/**
 * Checks an `Authorization: AWS4-HMAC-SHA256 …` as the service would that has the secret, from the signing guide of AWS and not with the client's
 * code. Gives the access key; undefined for what is not right.
 */
export function verifySigV4(
  request: RawRequest,
  o: { secretOf(accessKey: string): string | undefined; now?: Date },
): { accessKey: string; region: string } | undefined {
  const scope = parseScope(request.headers['authorization'] ?? '');
  const secret = scope && o.secretOf(scope.accessKey);
  if (scope === undefined || secret === undefined) return undefined;
  const stamp = request.headers['x-amz-date'] ?? '';
  if (!stamp.startsWith(scope.date) || isStale(stamp, o.now)) return undefined;
  const wanted = signature(request, scope, { secret, stamp });
  const isRight = timingSafeEqual(Buffer.from(sha256(wanted)), Buffer.from(sha256(scope.signature)));
  return isRight ? { accessKey: scope.accessKey, region: scope.region } : undefined;
}

function parseScope(authorization: string): Scope | undefined {
  const form =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/;
  const match = form.exec(authorization);
  if (match === null) return undefined;
  const [, accessKey = '', date = '', region = '', service = '', signed = '', given = ''] = match;
  const signedHeaders = signed.split(';');
  return signedHeaders.includes('host')
    ? { accessKey, date, region, service, signedHeaders, signature: given }
    : undefined;
}

function isStale(stamp: string, now: Date | undefined): boolean {
  if (now === undefined) return false;
  const at = Date.parse(stamp.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
  return !(Math.abs(at - now.getTime()) < 15 * 60_000);
}

function signature(request: RawRequest, scope: Scope, { secret, stamp }: { secret: string; stamp: string }): string {
  const { method, target, headers, body = '' } = request;
  const [path = '', query = ''] = target.split('?', 2);
  const lines = scope.signedHeaders.map((name) => `${name}:${(headers[name] ?? '').trim().replaceAll(/ +/g, ' ')}\n`);
  const payload = headers['x-amz-content-sha256'] ?? sha256(body);
  const canonical = [method, path, sortedQuery(query), lines.join(''), scope.signedHeaders.join(';'), payload].join(
    '\n',
  );
  const place = `${scope.date}/${scope.region}/${scope.service}/aws4_request`;
  const toSign = ['AWS4-HMAC-SHA256', stamp, place, sha256(canonical)].join('\n');
  const key = [scope.date, scope.region, scope.service, 'aws4_request'].reduce<Buffer | string>(hmac, `AWS4${secret}`);
  return hmac(key, toSign).toString('hex');
}

/** A parameter without a value has an empty one. */
function sortedQuery(query: string): string {
  if (query === '') return '';
  const pairs = query.split('&').map((pair) => (pair.includes('=') ? pair : `${pair}=`));
  return pairs.sort().join('&');
}
