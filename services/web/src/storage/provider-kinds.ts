/** A member of a provider's `config`, as a form asks for it. */
export interface ConfigField {
  name: string;
  label: string;
  /** Typed unseen, and never shown again. */
  isSecret?: true;
  optional?: true;
  hint?: string;
}

/** A `provider_type` of the API. */
export interface ProviderKind {
  type: string;
  label: string;
  about: string;
  fields: readonly ConfigField[];
  /** For administrators of the server. */
  isLocal?: true;
}

const token: ConfigField = { name: 'token', label: 'Token', isSecret: true };
const endpoint: ConfigField = { name: 'endpoint', label: 'Address', hint: 'Such as https://pins.example.org/psa' };
const successor: ConfigField = {
  ...endpoint,
  optional: true,
  hint: 'Its own API has ended: the address of a successor with the IPFS Pinning Service API.',
};
const bucketFields: readonly ConfigField[] = [
  { name: 'bucket', label: 'Bucket' },
  { name: 'access_key', label: 'Access key', isSecret: true },
  { name: 'secret_key', label: 'Secret key', isSecret: true },
];

export const providerKinds: readonly ProviderKind[] = [
  {
    ...{ type: 'psa', label: 'Pinning service', about: 'Any with the IPFS Pinning Service API.' },
    fields: [endpoint, token],
  },
  {
    ...{ type: 'pinata', label: 'Pinata', about: 'By a JWT, or by the older pair of keys.' },
    fields: [
      { name: 'jwt', label: 'JWT', isSecret: true, optional: true },
      { name: 'api_key', label: 'API key', isSecret: true, optional: true, hint: 'Only without a JWT.' },
      { name: 'secret_key', label: 'Secret key', isSecret: true, optional: true, hint: 'Only without a JWT.' },
    ],
  },
  {
    ...{ type: 's3', label: 'S3', about: 'A bucket at any service that speaks S3.' },
    fields: [
      { ...endpoint, hint: 'Such as https://s3.eu-central-1.example.org' },
      { name: 'region', label: 'Region', hint: 'Such as eu-central-1' },
      ...bucketFields,
    ],
  },
  { type: 'filebase', label: 'Filebase', about: 'A bucket there, which is on IPFS as well.', fields: bucketFields },
  { type: 'storj', label: 'Storj', about: 'A bucket there, by its S3 gateway.', fields: bucketFields },
  {
    ...{ type: 'ipfs', label: 'Your IPFS node', about: 'By the RPC API of Kubo.' },
    fields: [
      { name: 'api', label: 'Address', hint: 'Such as https://node.example.org:5001, or a multiaddr.' },
      { ...token, optional: true, hint: 'A bearer of its API.Authorizations.' },
    ],
  },
  {
    ...{ type: 'infura', label: 'Infura', about: 'Its IPFS nodes, and others behind Basic authentication.' },
    fields: [
      { name: 'project_id', label: 'Project id' },
      { name: 'project_secret', label: 'Project secret', isSecret: true },
      { ...endpoint, optional: true, hint: 'Only of a node that is not Infura’s.' },
    ],
  },
  { type: 'web3storage', label: 'web3.storage', about: 'Or a successor of it.', fields: [token, successor] },
  { type: 'nftstorage', label: 'NFT.Storage', about: 'Or a successor of it.', fields: [token, successor] },
  {
    ...{ type: 'local', label: 'Folder', about: 'Of the server itself.', isLocal: true },
    fields: [{ name: 'path', label: 'Path', hint: 'Below STORAGE_LOCAL_ROOT.' }],
  },
];

/** @param type undefined and unknown ones are none */
export function providerKind(type: string | undefined): ProviderKind | undefined {
  return providerKinds.find((kind) => kind.type === type);
}

/** What people call a `provider_type`. */
export function kindLabel(type: string): string {
  return providerKind(type)?.label ?? type;
}
