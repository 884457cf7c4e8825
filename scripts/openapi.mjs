/** `npm run openapi`: writes the API description, from the schemas of the built services, to where people and the gateway read it. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as prettier from 'prettier';
import { prepare } from './lib/prepare.mjs';
import { root } from './lib/project.mjs';

const services = ['gateway', 'auth', 'identity', 'asset-registry', 'federation', 'l1-bridge'];
const targets = ['docs/openapi.json', 'services/gateway/src/info/openapi.generated.json'];

const importBuilt = (path) => import(pathToFileURL(join(root, path)).href);

prepare();
const { openApiDocument } = await importBuilt('packages/service-kit/dist/index.js');
const described = await Promise.all(services.map((name) => importBuilt(`services/${name}/dist/openapi.js`)));
const [{ documentHead }] = described;
const document = openApiDocument(
  documentHead,
  described.flatMap(({ operations }) => operations),
  JSON.parse(readFileSync(join(root, 'docs', 'openapi-examples.json'), 'utf8')),
);
for (const target of targets) {
  const path = join(root, target);
  const options = { ...(await prettier.resolveConfig(path)), filepath: path };
  writeFileSync(path, await prettier.format(JSON.stringify(document), options));
}
console.log(`${Object.keys(document.paths).length} paths described in ${targets.join(' and ')}`);
