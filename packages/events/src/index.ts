export { routingKeyOf, type Envelope, type EventContext } from './envelope.ts';
export { defineEvent, type EventDefinition, type NewEvent } from './define-event.ts';
export { problemsOf } from './problems.ts';
export { allEvents } from './all-events.ts';
export * from './user-events.ts';
export * from './key-events.ts';
export * from './identity-events.ts';
export * from './asset-events.ts';
export * from './federation-events.ts';
