import { describeRoute, type Operation } from '@artdag/service-kit';
import { z } from 'zod';
import { removeQuerySchema } from './remove-storage.route.ts';
import { pinOperations } from './pins/operations.ts';
import { storageSchema, storageTestSchema } from './shown-schemas.ts';
import { describedStorageSchema, storageChangeSchema } from './storage-schemas.ts';

const id = z.object({ id: z.string() });
const manage = { auth: 'required', scopes: ['storage:manage'], tag: 'storage' } as const;
const read = { auth: 'required', tag: 'storage' } as const;
const readable = { 403: ['insufficient_scope'] };

/** The public routes of storage providers, for the API description. */
export const storageOperations: readonly Operation[] = [
  describeRoute({
    ...read,
    ...{ method: 'GET', path: '/storage', id: 'listStorage', summary: 'List your storage providers' },
    description: 'Needs the scope `read:storage` or `storage:manage`.',
    answers: { 200: { description: 'All of them.', body: z.object({ storage: z.array(storageSchema) }) } },
    errors: readable,
  }),
  describeRoute({
    ...manage,
    ...{ method: 'POST', path: '/storage', id: 'addStorage', summary: 'Add a storage provider' },
    description: 'Its config is sealed before it is stored. Nobody is called: test it afterwards.',
    request: { body: describedStorageSchema.meta({ id: 'NewStorage' }) },
    answers: {
      201: { description: 'Added.', body: storageSchema, headers: { Location: 'Path of the provider.' } },
    },
    errors: { 403: ['forbidden'], 409: ['storage_exists', 'too_many_storages'] },
  }),
  describeRoute({
    ...read,
    ...{ method: 'GET', path: '/storage/{id}', id: 'getStorage', summary: 'One storage provider' },
    description: 'Needs the scope `read:storage` or `storage:manage`.',
    request: { path: id },
    answers: { 200: { description: 'The provider.', body: storageSchema } },
    errors: { ...readable, 404: ['not_found'] },
  }),
  describeRoute({
    ...manage,
    ...{ method: 'PATCH', path: '/storage/{id}', id: 'updateStorage', summary: 'Change a storage provider' },
    request: { path: id, body: storageChangeSchema.meta({ id: 'StorageChange' }) },
    answers: { 200: { description: 'Changed.', body: storageSchema } },
    errors: { 403: ['forbidden'], 404: ['not_found'], 409: ['storage_exists'] },
  }),
  describeRoute({
    ...manage,
    ...{ method: 'DELETE', path: '/storage/{id}', id: 'deleteStorage', summary: 'Forget a storage provider' },
    description: 'Copies stay where they are.',
    request: { path: id, query: removeQuerySchema },
    answers: { 204: { description: 'Forgotten.' } },
    errors: { 404: ['not_found'], 409: ['storage_in_use'], 422: ['validation_error'] },
  }),
  describeRoute({
    ...manage,
    ...{ method: 'POST', path: '/storage/{id}/test', id: 'testStorage', summary: 'Test a storage provider' },
    description: 'Asks the provider, now, whether it takes the credentials. That it does not is a result, too.',
    request: { path: id },
    answers: { 200: { description: 'What came of it.', body: storageTestSchema } },
    errors: { 404: ['not_found'] },
  }),
  describeRoute({
    ...manage,
    ...{ method: 'POST', path: '/storage/{id}/check', id: 'checkStorage', summary: 'Look at the copies now' },
    description:
      'Every pin there that was not looked at within the last minute is due; the looks follow within seconds.',
    request: { path: id },
    answers: {
      202: { description: 'How many are due.', body: z.object({ due: z.number().int() }) },
    },
    errors: { 404: ['not_found'], 409: ['storage_inactive'] },
  }),
  ...pinOperations,
];
