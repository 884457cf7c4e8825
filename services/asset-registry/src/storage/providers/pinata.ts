import { z } from 'zod';
import { sameCid } from './cid.ts';
import { secret } from './config-fields.ts';
import { ProviderFailure, refusal } from './provider-failure.ts';
import { defineProvider } from './provider-type.ts';
import { readJson } from './read-json.ts';

const config = z
  .strictObject({ jwt: secret.exactOptional(), api_key: secret.exactOptional(), secret_key: secret.exactOptional() })
  .refine(
    ({ jwt, api_key, secret_key }) =>
      jwt === undefined
        ? api_key !== undefined && secret_key !== undefined
        : api_key === undefined && secret_key === undefined,
    'Wants either jwt, or api_key and secret_key.',
  );

const pinList = z.object({ rows: z.array(z.object({ ipfs_pin_hash: z.string(), size: z.unknown() })) });

/** Pinata, by a JWT or by the older pair of keys. */
export const pinata = defineProvider({
  name: 'pinata',
  config,
  secrets: ['jwt', 'api_key', 'secret_key'],
  destinations: [],
  pinType: 'cid',
  async test(given, { send, hosts }) {
    const answer = await send(`${hosts.pinata}/data/testAuthentication`, { headers: headersOf(given) });
    return answer.status === 200
      ? { ok: true, message: 'Pinata accepts the credentials.' }
      : { ok: false, message: refusal(answer) };
  },
  async holds(given, { ipfsCid }, { send, hosts }) {
    const cid = ipfsCid ?? '';
    const query = `hashContains=${encodeURIComponent(cid)}&status=pinned&pageLength=10`;
    const answer = await send(`${hosts.pinata}/data/pinList?${query}`, { headers: headersOf(given) });
    const row = readJson(answer, pinList).rows.find(({ ipfs_pin_hash: hash }) => sameCid(hash, cid));
    if (row === undefined) return { result: 'missing', message: 'Pinata does not have it pinned.' };
    const sizeBytes =
      typeof row.size === 'number' && Number.isSafeInteger(row.size) && row.size >= 0 ? row.size : undefined;
    return { result: 'present', message: 'Pinata has it pinned.', sizeBytes };
  },
  async requestPin(given, { ipfsCid, contentHash }, { send, hosts }) {
    const answer = await send(`${hosts.pinata}/pinning/pinByHash`, {
      method: 'POST',
      headers: { ...headersOf(given), 'content-type': 'application/json' },
      body: JSON.stringify({ hashToPin: ipfsCid, pinataMetadata: { name: contentHash } }),
    });
    if (answer.status !== 200) throw new ProviderFailure(refusal(answer));
  },
});

function headersOf({
  jwt,
  api_key: key = '',
  secret_key: secretKey = '',
}: z.output<typeof config>): Record<string, string> {
  return jwt === undefined
    ? { pinata_api_key: key, pinata_secret_api_key: secretKey }
    : { authorization: `Bearer ${jwt}` };
}
