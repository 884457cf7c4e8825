import { certificateFormat } from '@artdag/certificates';
import { describeRoute, type Operation } from '@artdag/service-kit';
import { z } from 'zod';
import { activityRefSchema } from '../activities/operations.ts';
import { assetName } from '../assets/new-asset.ts';
import { activitySchema } from '../http/shown-schemas.ts';

const base64 = z.string().meta({ contentEncoding: 'base64' });

const loggedKey = z.object({
  document: z.string().meta({ description: "Canonical JSON of the key's entry in the actor document." }),
  leaf: z.string(),
  index: z.number().int(),
  hashes: z.array(base64),
});

const certificate = z
  .object({
    format: z.literal(certificateFormat),
    activity: activitySchema,
    salt: base64,
    leaf: z.string().meta({ description: "The log's entry, verbatim." }),
    tlog_proof: z.string().meta({ description: 'C2SP tlog-proof: inclusion, and the signed checkpoint.' }),
    log_key: z.string().meta({ description: 'The vkey that signed it, as this server names it.' }),
    key: loggedKey.meta({ description: "The log's introduction of the key that signed the activity." }),
    key_end: loggedKey.nullable().meta({ description: 'Its end, where it has one.' }),
    anchor: z
      .object({
        ots: base64,
        block_height: z.number().int().nullable(),
        block_headers: z.array(z.string()).meta({ description: '80 bytes each, hex: the block, then those on top.' }),
      })
      .nullable(),
  })
  .meta({ id: 'Certificate' });

const common = {
  method: 'GET',
  tag: 'log',
  auth: 'public',
  description:
    'Proves offline that the claim was made, by whom, and since when: `artdag verify FILE CERTIFICATE`. It says “registered at this index”, never “still the owner”.',
  answers: {
    200: {
      description: 'The certificate, as a file.',
      body: certificate,
      headers: { 'Content-Disposition': 'Its name.' },
    },
  },
  errors: { 404: ['not_found', 'not_in_log_yet'], 410: ['erased'] },
} as const;

/** The public routes of certificates, for the API description. */
export const certificateOperations: readonly Operation[] = [
  describeRoute({
    ...common,
    path: '/activities/{ref}/certificate',
    id: 'getActivityCertificate',
    summary: 'The ownership certificate of a claim',
    request: { path: z.object({ ref: activityRefSchema }) },
  }),
  describeRoute({
    ...common,
    path: '/assets/{name}/certificate',
    id: 'getAssetCertificate',
    summary: 'The ownership certificate of an asset’s registration',
    request: { path: z.object({ name: z.string().regex(assetName) }) },
  }),
];
