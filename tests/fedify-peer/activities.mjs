import {
  Accept,
  Announce,
  Create,
  Delete,
  Follow,
  Like,
  Note,
  PUBLIC_COLLECTION,
  Reject,
  Undo,
  Update,
} from '@fedify/vocab';

/** Activities as Fedify makes them: one function per control of that name, `about` being what the test gave it. */
export function createActivities({ me, origin, notes }) {
  const newId = (kind) => new URL(`${me}#${kind}/${crypto.randomUUID()}`);
  const addressed = (to) => ({ actor: me, tos: [PUBLIC_COLLECTION], ccs: [to.id] });
  const noteOf = ({ uuid, content, inReplyTo }) =>
    new Note({
      id: new URL(`${origin}/notes/${uuid}`),
      attribution: me,
      content,
      tos: [PUBLIC_COLLECTION],
      ...(inReplyTo && { replyTarget: new URL(inReplyTo) }),
    });
  /** Keeps the note, so that it can be read at its id. */
  const kept = (about) => {
    const note = noteOf(about);
    notes.set(about.uuid, note);
    return note;
  };
  return {
    create: (to, { uuid = crypto.randomUUID(), ...about }) =>
      new Create({ id: newId('creates'), ...addressed(to), object: kept({ ...about, uuid }) }),
    update: (to, about) => new Update({ id: newId('updates'), ...addressed(to), object: kept(about) }),
    delete(to, { uuid }) {
      const note = notes.get(uuid);
      notes.delete(uuid);
      return new Delete({ id: newId('deletes'), ...addressed(to), object: note.id });
    },
    like: (to, { object }) => new Like({ id: newId('likes'), ...addressed(to), object: new URL(object) }),
    announce: (to, { object }) => new Announce({ id: newId('announces'), ...addressed(to), object: new URL(object) }),
    undo(to, { id, type, object }) {
      const Undone = { Like, Announce }[type];
      const undone = new Undone({ id: new URL(id), actor: me, object: new URL(object) });
      return new Undo({ id: newId('undos'), ...addressed(to), object: undone });
    },
    leave: (to) => new Delete({ id: newId('leave'), ...addressed(to), object: me }),
  };
}

/** The answer to a Follow. */
export function answerFollow(type, me, follow) {
  const Answer = { Accept, Reject }[type];
  return new Answer({
    id: new URL(`${me}#answers/${crypto.randomUUID()}`),
    actor: me,
    object: new Follow({ id: follow.id, actor: follow.actorId, object: me }),
    to: follow.actorId,
  });
}
