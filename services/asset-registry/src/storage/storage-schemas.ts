import { shownAs, shownText } from '@artdag/service-kit';
import { z } from 'zod';
import type { GivenConfig } from './provider-config.ts';
import { providerTypes } from './providers/provider-types.ts';

const providerName = shownText(100).meta({ description: 'Unique among your own.' });
const capacityGb = z.number().int().min(1).max(1_000_000);

/** Every member counts, also one whose name means something to JavaScript: each type's schema judges them. */
const givenConfig = shownAs(
  z.custom<GivenConfig>(
    (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
    'Wants an object.',
  ),
  {
    type: 'object',
    additionalProperties: { type: ['string', 'null'] },
    description: 'Members to change; null takes one away. Secrets that are left out, or sent as shown, are kept.',
  },
);

const common = {
  provider_name: providerName.nullish().meta({ description: 'Default: the type.' }),
  capacity_gb: capacityGb.nullish(),
};

/** The body of `POST /storage`: which config a type has is in its file. */
export const newStorageSchema = z.object({
  ...common,
  provider_type: z.enum(providerTypes.map(({ name }) => name)),
  config: givenConfig,
});

export type NewStorageBody = z.output<typeof newStorageSchema>;

const [first, ...others] = providerTypes.map(({ name, config }) =>
  z.object({ ...common, provider_type: z.literal(name), config }),
);
if (first === undefined) throw new Error('There are no types of providers.');

/** The same, said with every type's config, for the API description. */
export const describedStorageSchema = z.discriminatedUnion('provider_type', [first, ...others]);

/** The body of `PATCH /storage/{id}`. */
export const storageChangeSchema = z.object({
  provider_name: providerName.optional(),
  capacity_gb: capacityGb.nullish(),
  is_active: z.boolean().optional(),
  config: givenConfig.optional(),
});

export type StorageChange = z.output<typeof storageChangeSchema>;
