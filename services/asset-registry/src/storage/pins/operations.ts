import { describeRoute, type Operation } from '@artdag/service-kit';
import { z } from 'zod';
import { nextPageHeader, nextPageSchema } from '../../http/shown-schemas.ts';
import { copySchema, pinHistorySchema, pinSchema } from '../shown-schemas.ts';
import { historyQuerySchema } from './get-pin.route.ts';
import { listPinsQuerySchema } from './list-pins.route.ts';
import { newPinSchema } from './new-pin.ts';

const id = z.object({ id: z.string() });
const pin = z.object({ id: z.string(), content_hash: z.string() });
const manage = { auth: 'required', scopes: ['storage:manage'], tag: 'storage' } as const;
const read = { auth: 'required', tag: 'storage' } as const;
const readable = { 403: ['insufficient_scope'], 404: ['not_found'] };

/** The public routes of pins, for the API description. */
export const pinOperations: readonly Operation[] = [
  describeRoute({
    ...read,
    ...{ method: 'GET', path: '/storage/{id}/pins', id: 'listPins', summary: 'List the copies at a provider' },
    description: 'Needs the scope `read:storage` or `storage:manage`.',
    request: { path: id, query: listPinsQuerySchema },
    answers: {
      200: {
        description: 'A page, in the order of the content hashes.',
        body: z
          .object({ pins: z.array(pinSchema), limit: z.number().int(), next: nextPageSchema })
          .meta({ id: 'PinPage' }),
        headers: nextPageHeader,
      },
    },
    errors: { ...readable, 422: ['validation_error'] },
  }),
  describeRoute({
    ...manage,
    ...{ method: 'POST', path: '/storage/{id}/pins', id: 'recordPin', summary: 'Record that a copy is at a provider' },
    description:
      'Of a registered work. It is looked at within seconds, and then once a day. Recorded again, it has one reference more.',
    request: { path: id, body: newPinSchema.meta({ id: 'NewPin' }) },
    answers: {
      201: { description: 'Recorded.', body: pinSchema, headers: { Location: 'Path of the pin.' } },
      200: { description: 'It was recorded already, at this place.', body: pinSchema },
    },
    errors: { 404: ['not_found'], 409: ['pin_elsewhere', 'too_many_pins'], 422: ['content_not_registered'] },
  }),
  describeRoute({
    ...read,
    ...{ method: 'GET', path: '/storage/{id}/pins/{content_hash}', id: 'getPin', summary: 'One copy, and its history' },
    description: 'Needs the scope `read:storage` or `storage:manage`.',
    request: { path: pin, query: historyQuerySchema },
    answers: { 200: { description: 'The pin.', body: pinHistorySchema, headers: nextPageHeader } },
    errors: { ...readable, 422: ['validation_error'] },
  }),
  describeRoute({
    ...manage,
    ...{ method: 'DELETE', path: '/storage/{id}/pins/{content_hash}', id: 'removePin', summary: 'Forget a copy' },
    description: 'Takes one reference away; with the last one the pin and its history go. The copy stays where it is.',
    request: { path: pin },
    answers: { 204: { description: 'One reference less.' } },
    errors: { 404: ['not_found'] },
  }),
  describeRoute({
    ...read,
    ...{ method: 'GET', path: '/assets/{name}/copies', id: 'listCopies', summary: 'Where your copies of a work are' },
    description: 'Of your own works, at your own providers. Needs the scope `read:storage` or `storage:manage`.',
    request: { path: z.object({ name: z.string() }) },
    answers: { 200: { description: 'All of them.', body: z.object({ copies: z.array(copySchema) }) } },
    errors: readable,
  }),
];
