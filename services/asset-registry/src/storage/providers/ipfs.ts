import { z } from 'zod';
import { httpUrl, secret } from './config-fields.ts';
import { findInKubo, requestFromKubo, testKubo, type KuboNode } from './kubo.ts';
import { urlOfMultiaddr } from './multiaddr.ts';
import { defineProvider } from './provider-type.ts';

const config = z.strictObject({
  api: z
    .string()
    .trim()
    .max(2048)
    .refine((text) => urlOfMultiaddr(text) !== undefined || httpUrl.safeParse(text).success, {
      message:
        'A URL such as https://node.example.org:5001, or a multiaddr such as /dns4/node.example.org/tcp/5001/https.',
    }),
  token: secret.exactOptional(),
});

/** One's own IPFS node, by Kubo's RPC API. `token` is what its `API.Authorizations` calls a bearer. */
export const ipfs = defineProvider({
  name: 'ipfs',
  config,
  secrets: ['token'],
  destinations: ['api'],
  pinType: 'cid',
  sysadmin: 'private-addresses',
  test: (given, calls) => testKubo(nodeOf(given), 'id', calls),
  holds: (given, copy, calls) => findInKubo(nodeOf(given), copy, calls),
  requestPin: (given, copy, calls) => requestFromKubo(nodeOf(given), copy, calls),
});

/** People give the address with and without `/api/v0`. */
function nodeOf({ api, token }: z.output<typeof config>): KuboNode {
  const url = (urlOfMultiaddr(api) ?? api).replace(/\/+(?:api\/v0\/*)?$/, '');
  return { api: url, headers: token === undefined ? {} : { authorization: `Bearer ${token}` } };
}
