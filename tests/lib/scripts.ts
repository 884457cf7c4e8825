import { join } from 'node:path';

export const root = join(import.meta.dirname, '..', '..');

/** The built entry point of a service. */
export const mainOf = (service: string): string => join(root, 'services', service, 'dist', 'main.js');

export const fedifyPeer = join(root, 'tests', 'fedify-peer', 'peer.mjs');
