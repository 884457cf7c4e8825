import { createHash, createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import { AppError } from '@artdag/service-kit';

const KEY_BYTES = 32;
const WINDOW_SECONDS = 60;
const HEADER = /^Service name="([a-z0-9-]{1,64})", ts=([1-9]\d{0,11}), mac="([A-Za-z0-9_-]{43})"$/;

/** A service's own key: HKDF-SHA-256 (RFC 5869) of INTERNAL_SECRET, info `artdag/service/<name>`, 32 bytes in hex. */
export function serviceKey(internalSecret: string, service: string): string {
  return Buffer.from(hkdfSync('sha256', internalSecret, '', `artdag/service/${service}`, KEY_BYTES)).toString('hex');
}

export interface ServiceRequest {
  method: string;
  /** With its query, as sent. */
  path: string;
  body: Buffer | string;
}

function macOf(key: string, service: string, ts: number, request: ServiceRequest): Buffer {
  const digest = createHash('sha256').update(request.body).digest('hex');
  const text = `${service}\n${ts}\n${request.method}\n${request.path}\n${digest}`;
  return createHmac('sha256', key).update(text).digest();
}

export interface SignServiceRequestOptions extends ServiceRequest {
  service: string;
  serviceKey: string;
  now: Date;
}

/** The `Authorization` header with which a service proves its service key, for requests made before it has assertions. */
export function signServiceRequest(o: SignServiceRequestOptions): string {
  const ts = Math.floor(o.now.getTime() / 1000);
  const mac = macOf(o.serviceKey, o.service, ts, o).toString('base64url');
  return `Service name="${o.service}", ts=${ts}, mac="${mac}"`;
}

export interface VerifyServiceRequestOptions extends ServiceRequest {
  /** The `Authorization` header as received. */
  header: string | undefined;
  now: Date;
  /** The key of a service, or undefined when there is no such service. */
  keyOf: (service: string) => string | undefined;
}

/** The name of the service that signed the request. Throws AppError 401 `invalid_service_key`; a stamp is good for ±60 s. */
export function verifyServiceRequest(o: VerifyServiceRequestOptions): string {
  const [, service = '', ts = '', mac = ''] = HEADER.exec(o.header ?? '') ?? [];
  const key = service === '' ? undefined : o.keyOf(service);
  if (key === undefined) throw refused('needs the Authorization of a known service');
  const expected = Buffer.from(macOf(key, service, Number(ts), o).toString('base64url'));
  // As text, since four spellings decode to the same bytes: of one signature there is one header.
  const given = Buffer.from(mac);
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) throw refused('the MAC does not match');
  const offBySeconds = Math.abs(o.now.getTime() / 1000 - Number(ts));
  if (offBySeconds > WINDOW_SECONDS) throw refused('the time stamp is off by more than 60 s; compare the clocks');
  return service;
}

function refused(reason: string): AppError {
  return new AppError('invalid_service_key', 401, `Unauthorized: ${reason}`);
}
