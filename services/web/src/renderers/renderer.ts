import { z } from 'zod';

const rendererSchema = z.object({
  l1_server: z.string().refine((url) => URL.canParse(url)),
  name: z.string().nullable(),
  status: z.enum(['active', 'draining', 'disabled']),
  attached: z.boolean(),
});

export const rendererListSchema = z.object({ renderers: z.array(rendererSchema) });

/** A server and the visitor's attachment to it, as `GET /renderers` has them. */
export type Renderer = z.output<typeof rendererSchema>;
