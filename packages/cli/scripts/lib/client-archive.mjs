import { readFileSync } from 'node:fs';
import { constants, gzipSync } from 'node:zlib';
import { licencesOf } from './licences.mjs';
import { tar } from './tar.mjs';

/**
 * The archive of `GET /download/client`: a package as `npm pack` lays it out, without dependencies, so that `npm install` takes it and
 * unpacking it is enough as well.
 *
 * @param o.client the bundled client
 * @param o.manifest package.json of the client's workspace
 * @param o.bundled the paths of the files in the bundle
 * @returns the same bytes for the same files
 */
export function clientArchive({ client, manifest, bundled }) {
  const { name, version, description, license, type } = manifest;
  const published = {
    ...{ name, version, description, license, type },
    engines: { node: '>=20.19' },
    bin: { artdag: 'artdag.mjs' },
  };
  const files = [
    { path: 'package/package.json', bytes: Buffer.from(`${JSON.stringify(published, null, 2)}\n`) },
    { path: 'package/LICENSE', bytes: readFileSync('LICENSE') },
    { path: 'package/README.md', bytes: readFileSync('README.md') },
    { path: 'package/THIRD-PARTY-LICENSES', bytes: Buffer.from(licencesOf(bundled)) },
    { path: 'package/artdag.mjs', bytes: client, isExecutable: true },
  ];
  return gzipSync(tar(files), { level: constants.Z_BEST_COMPRESSION });
}
