import { z } from 'zod';
import { httpUrl, secret } from './config-fields.ts';
import { findInKubo, requestFromKubo, testKubo, type KuboNode } from './kubo.ts';
import type { ProviderHosts } from './provider-calls.ts';
import { defineProvider } from './provider-type.ts';

const config = z.strictObject({
  project_id: secret.refine((id) => !id.includes(':'), 'A project id has no colon.'),
  project_secret: secret,
  endpoint: httpUrl.exactOptional(),
});

/** Infura's IPFS nodes, and others that stand behind Basic authentication. */
export const infura = defineProvider({
  name: 'infura',
  config,
  secrets: ['project_secret'],
  destinations: ['endpoint'],
  pinType: 'cid',
  test: (given, calls) => testKubo(nodeOf(given, calls.hosts), 'version', calls),
  holds: (given, copy, calls) => findInKubo(nodeOf(given, calls.hosts), copy, calls),
  requestPin: (given, copy, calls) => requestFromKubo(nodeOf(given, calls.hosts), copy, calls),
});

function nodeOf(
  { project_id: id, project_secret: password, endpoint }: z.output<typeof config>,
  hosts: ProviderHosts,
): KuboNode {
  const credentials = Buffer.from(`${id}:${password}`).toString('base64');
  return { api: endpoint ?? hosts.infura, headers: { authorization: `Basic ${credentials}` } };
}
