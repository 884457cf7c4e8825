import type { By, InTransaction } from '../transaction.ts';
import { changeAccount, lockAccount } from './change-account.ts';
import { actorNotFound } from './locked-actor.ts';

export interface RenameActorDeps {
  inTransaction: InTransaction;
  changes: { announce(actorId: string): void };
  now: () => Date;
  onEvent: () => void;
}

/** Changes the name by which people know an active actor. @throws AppError 404 `actor_not_found` */
export async function renameActor(deps: RenameActorDeps, actorId: string, displayName: string, by: By): Promise<void> {
  await deps.inTransaction(actorId, async (execute) => {
    const actor = await lockAccount(execute, actorId);
    if (actor === null) throw actorNotFound(actorId);
    await changeAccount(execute, actor, { displayName }, { by, now: deps.now() });
  });
  deps.changes.announce(actorId);
  deps.onEvent();
}
