import net from 'node:net';
import tls from 'node:tls';
import { isNativeError } from 'node:util/types';
import type { buildConnector } from 'undici';
import type { AddressPolicy } from './policy.ts';
import type { Lookup, ResolvedAddress } from './resolve.ts';
import { SafeFetchError } from './safe-fetch-error.ts';
import type { SocketGate } from './socket-gate.ts';
import { ipLiteral } from './vet-url.ts';

export interface DialOptions {
  policy: AddressPolicy;
  lookup: Lookup;
  gate: SocketGate;
  connectTimeoutMs: number;
  ca: string | undefined;
}

interface Target {
  protocol: string;
  hostname: string;
  port: number;
}

/**
 * undici's way of opening a connection, replaced by ours: the name is resolved here, the addresses are vetted here, and the socket is
 * opened to one of exactly these addresses. So no second look-up can answer differently from the vetted one (DNS rebinding).
 */
export function createConnector(o: DialOptions): buildConnector.connector {
  return (options, callback) => {
    const { protocol, hostname } = options;
    const port = Number(options.port) || (protocol === 'https:' ? 443 : 80);
    dial(o, { protocol, hostname, port }).then(
      (socket) => callback(null, socket),
      (error: unknown) => callback(isNativeError(error) ? error : new Error(String(error)), null),
    );
  };
}

async function dial(o: DialOptions, target: Target): Promise<net.Socket> {
  const deadline = new AbortController();
  const message = `No connection to ${target.hostname}:${target.port} within ${o.connectTimeoutMs} ms.`;
  const timer = setTimeout(() => deadline.abort(new SafeFetchError('timeout', message)), o.connectTimeoutMs);
  try {
    const leave = await o.gate.enter(deadline.signal);
    try {
      const addresses = await Promise.race([vettedAddresses(o, target), aborted(deadline.signal)]);
      const socket = await open(o, target, addresses, deadline.signal);
      socket.once('close', leave);
      return socket;
    } catch (error) {
      leave();
      throw error;
    }
  } finally {
    clearTimeout(timer);
  }
}

/** Refused addresses are left out; a host with none left is refused. A name may well have a good and an unusable address. */
async function vettedAddresses(o: DialOptions, target: Target): Promise<ResolvedAddress[]> {
  const literal = ipLiteral(target.hostname);
  const resolved =
    literal === undefined ? await o.lookup(target.hostname) : [{ address: literal, family: net.isIP(literal) }];
  const permitted = resolved.filter(({ address }) => o.policy.permits(address, target.protocol));
  if (permitted.length > 0) return permitted.map(({ address }) => ({ address, family: net.isIP(address) }));
  if (resolved.length === 0) throw new SafeFetchError('unreachable', `${target.hostname} has no address.`);
  const ips = resolved.map(({ address }) => address);
  throw new SafeFetchError('address_refused', o.policy.refusal(literal ?? target.hostname, ips, target.protocol));
}

function open(o: DialOptions, target: Target, addresses: ResolvedAddress[], signal: AbortSignal): Promise<net.Socket> {
  const [first] = addresses;
  const host = addresses.length === 1 && first !== undefined ? first.address : target.hostname;
  const options: net.TcpNetConnectOpts = {
    host,
    port: target.port,
    autoSelectFamily: true,
    noDelay: true,
    // Reached only with several addresses, which are tried one after another (RFC 8305).
    lookup: (_hostname, _options, callback) => callback(null, addresses),
  };
  const secure = target.protocol === 'https:';
  const socket = secure ? tls.connect({ ...options, ...tlsOptions(o, target) }) : net.connect(options);
  return new Promise((resolve, reject) => {
    const giveUp = () => socket.destroy(signal.reason as Error);
    signal.addEventListener('abort', giveUp, { once: true });
    // This listener stays: an error between now and undici's own listener must not go unhandled.
    socket.on('error', reject);
    socket.once('close', () => reject(new Error('The connection was closed while it was being opened.')));
    socket.once(secure ? 'secureConnect' : 'connect', () => {
      signal.removeEventListener('abort', giveUp);
      if (o.policy.permits(socket.remoteAddress ?? '', target.protocol)) resolve(socket);
      else
        socket.destroy(
          new SafeFetchError('address_refused', `The socket to ${target.hostname} reached another address.`),
        );
    });
    if (signal.aborted) giveUp();
  });
}

function tlsOptions(o: DialOptions, target: Target): tls.ConnectionOptions {
  const literal = ipLiteral(target.hostname);
  const name = literal ?? target.hostname.replace(/\.$/, '');
  return {
    ALPNProtocols: ['http/1.1'],
    // The certificate must be the URL's host's, whatever `Host` header the caller has set. SNI has no IP addresses (RFC 6066 §3).
    ...(literal === undefined ? { servername: name } : {}),
    checkServerIdentity: (_dialled, certificate) => tls.checkServerIdentity(name, certificate),
    ...(o.ca === undefined ? {} : { ca: o.ca }),
  };
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    if (signal.aborted) reject(signal.reason as Error);
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
}
