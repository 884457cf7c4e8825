import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { brotliCompressSync, constants } from 'node:zlib';

/** A file that pages load. */
export interface StaticFile {
  /** Its address changes with what it holds, so that it can be kept for good. */
  path: string;
  type: string;
  bytes: Buffer;
  /** The same in brotli (RFC 7932), for browsers that take it. */
  compressed: Buffer;
}

export interface StaticFiles {
  stylesheet: StaticFile;
  script: StaticFile;
  icon: StaticFile;
  /** Of the pages about the API. */
  tryIt: StaticFile;
  /** Of the page that claims a file. */
  claimScript: StaticFile;
  /** What hashes the file there. */
  hashWorker: StaticFile;
}

const folder = new URL('../../static/', import.meta.url);
/** Where the build leaves what it bundles of `browser/`. */
const bundles = new URL('../../dist/browser/', import.meta.url);

const javaScript = 'text/javascript; charset=utf-8';

/** Reads and compresses the files, once per process. */
export function loadStaticFiles(): StaticFiles {
  // In one file with ours: a page then waits for one request, and theirs comes first.
  const pico = readFileSync(
    createRequire(import.meta.url).resolve('@picocss/pico/css/pico.fluid.classless.min.css'),
    'utf8',
  ).replace('@charset "UTF-8";', '');
  return {
    stylesheet: staticFile('site', 'css', 'text/css; charset=utf-8', `${pico}\n${ownFile('site.css')}`),
    script: staticFile('site', 'js', javaScript, ownFile('site.js')),
    icon: staticFile('icon', 'svg', 'image/svg+xml', ownFile('icon.svg')),
    tryIt: staticFile('try-it', 'js', javaScript, ownFile('try-it.js')),
    claimScript: staticFile('claim', 'js', javaScript, ownFile('claim.js', bundles)),
    hashWorker: staticFile('hash-worker', 'js', javaScript, ownFile('hash-worker.js', bundles)),
  };
}

function ownFile(name: string, from = folder): string {
  return readFileSync(new URL(name, from), 'utf8');
}

function staticFile(name: string, extension: string, type: string, text: string): StaticFile {
  const hash = createHash('sha256').update(text).digest('base64url').slice(0, 16);
  const bytes = Buffer.from(text);
  const params = { [constants.BROTLI_PARAM_QUALITY]: 9, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
  return {
    path: `/static/${name}.${hash}.${extension}`,
    type,
    bytes,
    compressed: brotliCompressSync(bytes, { params }),
  };
}
