import { type Assertion, serviceAssertion } from '@artdag/actor-context';
import { headerOf, makeKey, payloadOf, testKey, writeJwt } from './tokens.ts';

/** What is wrong with it, and the assertion. */
export type Forgery = [wrong: string, token: string];

/** One of each kind of assertion that a service named `audience` must refuse. */
export function makeForgeries(audience: string, assertion: Assertion, now: Date): Forgery[] {
  const gateway = testKey('gateway');
  const other = testKey('web');
  const header = headerOf(gateway);
  const payload = payloadOf(gateway, audience, assertion, now);
  const iat = Math.floor(now.getTime() / 1000);
  const mint = (h: object, p: object, key = gateway.privateKey): string =>
    writeJwt({ ...header, ...h }, { ...payload, ...p }, key);
  const { exp: _exp, ...endless } = payload;
  const { kid: _kid, ...keyless } = header;
  const good = mint({}, {});
  return [
    ['another service’s audience', mint({}, { aud: 'somebody-else' })],
    ['several audiences', mint({}, { aud: [audience, 'somebody-else'] })],
    ['expired', mint({}, { iat: iat - 120, exp: iat - 60 })],
    ['without exp', writeJwt(header, endless, gateway.privateKey)],
    ['living for an hour', mint({}, { exp: iat + 3600 })],
    ['from the future', mint({}, { iat: iat + 600, exp: iat + 660 })],
    ['unknown kid', mint({ kid: 'nobody' }, {})],
    ['no kid', writeJwt(keyless, payload, gateway.privateKey)],
    ['a stranger’s key under a known kid', mint({}, {}, makeKey('gateway').privateKey)],
    ['alg none', mint({ alg: 'none' }, {})],
    ['alg HS256 over the public key', mint({ alg: 'HS256' }, {}, gateway.publicKey)],
    ['another RSA algorithm', mint({ alg: 'RS512' }, {})],
    ['typ of an access token', mint({ typ: 'at+jwt' }, {})],
    ['token_use of an access token', mint({}, { token_use: 'access' })],
    ['another issuer', mint({}, { iss: 'artdag:web' })],
    ['changed after signing', tampered(good)],
    [
      'an actor signed by a service',
      writeJwt(headerOf(other), payloadOf(other, audience, assertion, now), other.privateKey),
    ],
    ['a service that the gateway plays', mint({}, { assertion: serviceAssertion('identity') })],
    ['without an actor', mint({}, { assertion: { ...assertion, actor: undefined } })],
    ['no JWT at all', 'nonsense'],
  ];
}

function tampered(token: string): string {
  const [header = '', payload = '', signature = ''] = token.split('.');
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, unknown>;
  const changed = Buffer.from(JSON.stringify({ ...claims, jti: 'changed' })).toString('base64url');
  return `${header}.${changed}.${signature}`;
}
