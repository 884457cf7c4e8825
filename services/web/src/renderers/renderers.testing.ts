import type { PageCase } from '../page-case.testing.ts';

export const renderer = { l1_server: 'https://l1.example', name: 'Studio', status: 'active', attached: true };

/** Of renderers. */
export const rendererCases: PageCase[] = [
  {
    path: '/renderers',
    needs: '/renderers',
    api: { '/renderers': { renderers: [renderer] } },
    shows: ['Studio', 'https://l1.example · attached', 'Open', 'Detach'],
  },
];
