import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const packageFolder = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/;

/**
 * The licences of the packages whose code is in a bundle, as one text.
 *
 * @throws Error that names a package which brings none
 */
export function licencesOf(paths) {
  const folders = new Set(paths.flatMap((path) => packageFolder.exec(path)?.[0] ?? []));
  const notices = [...folders].sort().map(noticeOf);
  return `The client contains code of these packages.\n\n${notices.join('\n')}`;
}

function noticeOf(folder) {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  if (file === undefined) throw new Error(`${name} ${version} (${license}) is in the bundle and has no licence file.`);
  return `${'-'.repeat(80)}\n${name} ${version} (${license})\n\n${readFileSync(join(folder, file), 'utf8').trim()}\n`;
}
