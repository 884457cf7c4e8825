import { describeRoute, type Operation } from '@artdag/service-kit';
import { z } from 'zod';

const renderer = z.object({
  l1_server: z.url(),
  name: z.string().nullable(),
  status: z.enum(['active', 'draining', 'disabled']).meta({ description: 'Whether it takes new attachments.' }),
  attached: z.boolean(),
  verified_at: z.iso.datetime().nullable(),
});

/** The public routes of l1-bridge, for the API description. */
export const operations: readonly Operation[] = [
  describeRoute({
    method: 'GET',
    path: '/renderers',
    id: 'listRenderers',
    tag: 'rendering',
    summary: "The rendering servers, with the caller's attachments",
    auth: 'required',
    answers: {
      200: {
        description: 'All servers that this installation knows.',
        body: z.object({ renderers: z.array(renderer) }).meta({ id: 'RendererList' }),
      },
    },
  }),
];
