import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { expect, it } from '@jest/globals';
import { flatten, treeOf } from './commands/completion/command-tree.ts';
import { createProgram } from './program.ts';

/** Of each operation of the API the command that is for it. */
const commandOf: Record<string, string> = {
  ...{ login: 'login', challengeKey: 'login', verifyKey: 'login', refresh: 'login', logout: 'logout', getMe: 'whoami' },
  ...{ registerAsset: 'upload', registerAssets: 'upload', recordRun: 'record-run', listAssets: 'assets' },
  ...{ getAsset: 'show', listMadeFrom: 'show', listUsedIn: 'show', updateAsset: 'edit', deleteAsset: 'delete' },
  ...{ getAssetCertificate: 'certificate', getActivityCertificate: 'certificate' },
  ...{ listActivities: 'watch', getCheckpoint: 'watch', getTile: 'watch', listVkeys: 'watch', getActor: 'watch' },
  ...{
    getObject: 'show',
    follow: 'follow',
    unfollow: 'unfollow',
    getFollowing: 'following',
    getFollowers: 'followers',
  },
  ...{ share: 'share', unshare: 'unshare', getServerInfo: 'follow' },
  ...{
    listStorage: 'storage list',
    getStorage: 'storage list',
    addStorage: 'storage add',
    updateStorage: 'storage edit',
  },
  ...{ testStorage: 'storage test', checkStorage: 'storage check', deleteStorage: 'storage remove' },
  ...{
    listCopies: 'copies',
    listPins: 'pins list',
    recordPin: 'pins add',
    getPin: 'pins show',
    removePin: 'pins remove',
  },
  ...{ listKeys: 'keys list', addKey: 'keys add', revokeKey: 'keys revoke' },
  ...{ listAgents: 'agents list', createAgent: 'agents new', endAgent: 'agents revoke' },
  ...{ listApiTokens: 'tokens list', mintApiToken: 'tokens new', revokeApiToken: 'tokens revoke' },
  ...{ listApiKeys: 'tokens list', createApiKey: 'tokens new', deleteApiKey: 'tokens revoke' },
  ...{ listSessions: 'sessions list', endSession: 'sessions end', endOtherSessions: 'sessions end' },
  ...{ listRenderers: 'renderers list', detachRenderer: 'renderers detach' },
};

/** Why there is no command for these. `artdag request` makes any of them. */
const without: Record<string, readonly string[]> = {
  'other servers of the fediverse call it': [
    ...['findByWebFinger', 'getHostMeta', 'getHostMetaJson', 'findNodeInfo', 'getNodeInfo', 'getInstanceActor'],
    ...['getInstanceOutbox', 'postToInbox', 'postToSharedInbox', 'getOutbox', 'getLikes', 'getShares', 'getReplies'],
  ],
  'operators and their tools call it': [
    ...[
      'getHealth',
      'getReadiness',
      'getReadinessAlias',
      'getMetrics',
      'createAnchor',
      'upgradeAnchor',
      'listCalendars',
    ],
  ],
  'other services and rendering servers call it': ['introspect', 'verifyL1Token', 'revokeL1Token', 'getTokenKeys'],
  'it sends a browser somewhere, with a token that is for that': ['attachRenderer', 'logoutBrowser', 'findFollowPage'],
  'a certificate holds what it says, and artdag verify judges that': [
    ...['getActivity', 'getActivityAnchor', 'getAnchor', 'getAnchorProof', 'listAnchors'],
    ...['getProof', 'listCheckpoints', 'getArchivedCheckpoint'],
  ],
  'it changes who somebody is, for good or for everybody to see: the pages of the account ask, and show what it looks like':
    [
      ...[
        'register',
        'updateMe',
        'changePassword',
        'deleteMe',
        'createOrganisation',
        'updateIdentity',
        'deleteIdentity',
      ],
    ],
  'it is for looking around, which pages are better at': ['listUsers', 'listIdentities', 'getIdentity'],
  'follow says how one stands, and following lists those that count': ['listFollowing'],
  'it describes the API': ['getApiDescription'],
};

interface Described {
  paths: Record<string, Record<string, { operationId: string }>>;
}

const file = join(import.meta.dirname, '..', '..', '..', 'docs', 'openapi.json');
const { paths } = JSON.parse(readFileSync(file, 'utf8')) as Described;
const operations = Object.values(paths).flatMap((path) => Object.values(path).map(({ operationId }) => operationId));

it('has a command for every operation of the API, or a reason why there is none', () => {
  const known = [...Object.keys(commandOf), ...Object.values(without).flat()];
  expect(known.toSorted()).toEqual(operations.toSorted());
});

it('has the commands that are told here', () => {
  const nobody = { env: {}, stdin: new PassThrough(), stdout: new PassThrough(), stderr: new PassThrough() };
  const leaves = flatten(treeOf(createProgram(nobody))).filter(({ commands }) => commands.length === 0);
  const known = leaves.map(({ path }) => path);
  expect(Object.values(commandOf).filter((command) => !known.includes(command))).toEqual([]);
});
