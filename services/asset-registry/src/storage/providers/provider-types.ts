import { filebase } from './filebase.ts';
import { infura } from './infura.ts';
import { ipfs } from './ipfs.ts';
import { local } from './local.ts';
import { nftstorage } from './nftstorage.ts';
import { pinata } from './pinata.ts';
import type { ProviderType } from './provider-type.ts';
import { psa } from './psa.ts';
import { s3 } from './s3.ts';
import { storj } from './storj.ts';
import { web3storage } from './web3storage.ts';

/** Every type of storage provider there is. */
export const providerTypes: readonly ProviderType[] = [
  pinata,
  web3storage,
  nftstorage,
  infura,
  filebase,
  storj,
  s3,
  psa,
  ipfs,
  local,
];

const byName = new Map(providerTypes.map((type) => [type.name, type]));

/** The type of a stored provider. @throws Error for one that there is no more */
export function providerType(name: string): ProviderType {
  const type = byName.get(name);
  if (type === undefined) throw new Error(`There are no storage providers of the type ${name}.`);
  return type;
}
