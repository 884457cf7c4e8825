import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { claimWithDownload, downloadClient, installWithNpm, type DownloadedClient } from './lib/downloaded-client.ts';
import { claimTravels } from './lib/journey.ts';
import { root } from './lib/scripts.ts';
import { startStandalone, type StandaloneSuite } from './lib/standalone-suite.ts';

describe('the suite in one process, everything embedded', () => {
  let suite: StandaloneSuite;
  beforeAll(async () => void (suite = await startStandalone()));
  afterAll(() => suite?.remove());

  it('carries a claim from a hash to a Fedify follower', () => claimTravels(suite.url));

  describe('the client that it hands out', () => {
    let client: DownloadedClient;
    beforeAll(async () => void (client = await downloadClient(suite.url)));
    afterAll(() => client?.remove());

    it('is an archive to save, and is not sent twice', async () => {
      expect(Object.fromEntries(client.headers)).toMatchObject({
        'content-type': 'application/gzip',
        'content-disposition': 'attachment; filename="artdag-client.tar.gz"',
        'content-length': String(client.archive.length),
      });
      const etag = client.headers.get('etag') ?? '';
      expect(etag).toMatch(/^"[\w-]{43}"$/);
      const again = await fetch(`${suite.url}/download/client`, { headers: { 'if-none-match': etag } });
      expect([again.status, await again.text()]).toEqual([304, '']);
      const head = await fetch(`${suite.url}/download/client`, { method: 'HEAD' });
      expect([head.status, head.headers.get('etag')]).toEqual([200, etag]);
    });

    it('is the same, byte for byte, when it is built again', () => {
      const again = join(client.folder, 'again');
      execFileSync(process.execPath, ['scripts/bundle.mjs', again], { cwd: join(root, 'packages', 'cli') });
      expect(readFileSync(join(again, 'artdag-client.tar.gz')).equals(client.archive)).toBe(true);
    });

    it('brings the licences of all that is in it', () => {
      const licences = readFileSync(join(client.folder, 'package', 'THIRD-PARTY-LICENSES'), 'utf8');
      for (const name of ['commander', '@scure/base'])
        expect(licences).toMatch(new RegExp(`^${name} .*\\(MIT\\)$`, 'm'));
      expect(readFileSync(join(client.folder, 'package', 'LICENSE'), 'utf8')).toBe(
        readFileSync(join(root, 'LICENSE'), 'utf8'),
      );
    });

    it('claims and proves on Node 20 and 24, from that file alone, in an empty home', async () => {
      expect(client.nodes.map(({ version }) => version.slice(0, 3))).toEqual(['v20', 'v24']);
      for (const node of client.nodes) await claimWithDownload(client, node, suite.url);
    });

    it('is a package that npm installs without a network', async () => {
      const { version } = JSON.parse(readFileSync(join(root, 'packages', 'cli', 'package.json'), 'utf8')) as {
        version: string;
      };
      expect(await installWithNpm(client)).toEqual({ modules: ['@artdag/cli/package.json'], version });
    });
  });
});
