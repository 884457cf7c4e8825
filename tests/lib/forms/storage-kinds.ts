import type { Filling } from './pressing.ts';

interface Kind {
  /** The `provider_type`. */
  type: string;
  /** What is taken. Nothing of it is reached. */
  fill: Filling;
  /** What is typed wrong, and what is said of it; `''` for the form as a whole. */
  wrong: Filling;
  says: Record<string, string>;
}

const secret = 'secret-0123456789-abcd';
const address = 'https://localhost:9/psa';
const noAddress = 'An https URL without';
const bucket = { 'config.bucket': 'works', 'config.access_key': 'AKID0123456789', 'config.secret_key': secret };
const noBucket = { 'config.bucket': 'A bucket has 2 to 63' };
const unprintable = 'printable';

/** For each kind of storage that anybody may add, what its form takes and what it does not. */
export const storageKinds: Kind[] = [
  {
    type: 'psa',
    fill: { 'config.endpoint': address, 'config.token': secret },
    wrong: { 'config.endpoint': 'ftp://x', 'config.token': 'two words' },
    says: { 'config.endpoint': noAddress, 'config.token': unprintable },
  },
  {
    type: 'pinata',
    fill: { 'config.jwt': secret },
    wrong: { 'config.api_key': 'half-of-a-pair' },
    says: { '': 'jwt' },
  },
  {
    type: 's3',
    fill: { 'config.endpoint': address, 'config.region': 'eu-central-1', ...bucket },
    wrong: { ...bucket, 'config.endpoint': 'http://user:word@x?y', 'config.region': 'a b', 'config.bucket': 'w' },
    says: { 'config.endpoint': noAddress, 'config.region': 'A region has', ...noBucket },
  },
  { type: 'filebase', fill: bucket, wrong: { ...bucket, 'config.bucket': '' }, says: noBucket },
  { type: 'storj', fill: bucket, wrong: { ...bucket, 'config.bucket': 'w'.repeat(64) }, says: noBucket },
  {
    type: 'ipfs',
    fill: { 'config.api': 'https://node.example:5001' },
    wrong: { 'config.api': 'no address' },
    says: { 'config.api': 'multiaddr' },
  },
  {
    type: 'infura',
    fill: { 'config.project_id': 'project0123456789', 'config.project_secret': secret, 'config.endpoint': '' },
    wrong: { 'config.project_id': 'with:colon', 'config.project_secret': secret, 'config.endpoint': 'x' },
    says: { 'config.project_id': 'no colon', 'config.endpoint': noAddress },
  },
  {
    type: 'web3storage',
    fill: { 'config.token': secret, 'config.endpoint': address },
    wrong: { 'config.token': '', 'config.endpoint': 'x' },
    says: { 'config.token': unprintable, 'config.endpoint': noAddress },
  },
  {
    type: 'nftstorage',
    fill: { 'config.token': secret },
    wrong: { 'config.token': 'ü' },
    says: { 'config.token': unprintable },
  },
];
