import { tilePath, type Tile } from '@artdag/transparency-log';
import { userAgent } from '../../api.ts';
import { CliError } from '../../cli-error.ts';
import { sendPatiently } from '../../send.ts';
import { readHashTiles } from './watched-log.ts';

/** The log of a server, as anybody may read it. */
export interface LogClient {
  text(path: string): Promise<string>;
  bytes(tile: Tile): Promise<Buffer>;
  hashTiles(tiles: readonly Tile[]): Promise<Uint8Array[]>;
}

const timeoutMs = 30_000;

export function createLogClient(server: string): LogClient {
  const get = async (path: string): Promise<Response> => {
    const url = new URL(`${server}/log/${path}`);
    const headers = { 'user-agent': userAgent };
    const response = await sendPatiently({
      ...{ method: 'GET', url, headers, isRepeatable: true, timeoutMs },
    });
    if (response.status === 200) return response;
    await response.body?.cancel();
    throw new CliError(`${url.href} answered ${response.status}.`);
  };
  const bytes = async (tile: Tile): Promise<Buffer> =>
    Buffer.from(await (await get(`tile/${tilePath(tile)}`)).arrayBuffer());
  return {
    text: async (path) => await (await get(path)).text(),
    bytes,
    hashTiles: (tiles) => readHashTiles(bytes, tiles),
  };
}
