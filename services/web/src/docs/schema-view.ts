import { html, type Html } from '../html/html.ts';
import type { Schema, Schemas } from './description.ts';
import { prose } from './prose.ts';

/** Deeper ones are named only: their own operation shows them. */
const maxDepth = 4;

/** A schema as words, and below them a list of its members, theirs in turn. */
export function schemaView(schema: Schema, schemas: Schemas): Html {
  return html`<p>${words(schema, schemas)}</p>
    ${membersOf(schema, schemas, 0)}`;
}

/** `text, at most 64 characters`, `list of Asset` */
export function words(schema: Schema, schemas: Schemas): Html {
  const limits = limitsOf(resolve(schema, schemas));
  return html`<span class="type">${typeOf(schema)}</span>${limits === '' ? '' : html`, ${limits}`}`;
}

function resolve(schema: Schema, schemas: Schemas): Schema {
  return (schema.$ref && schemas[nameOf(schema.$ref)]) || schema;
}

const nameOf = (reference: string): string => reference.split('/').at(-1) ?? '';

const typeWords: Record<string, string> = { string: 'text', array: 'list', null: 'null', boolean: 'true or false' };

function typeOf(schema: Schema): string {
  if (schema.$ref) return nameOf(schema.$ref);
  const either = schema.anyOf ?? schema.oneOf;
  if (either) return [...new Set(either.map(typeOf))].join(' or ');
  if (schema.allOf) return schema.allOf[0] ? typeOf(schema.allOf[0]) : 'object';
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(', ');
  if (schema.items) return `list of ${typeOf(schema.items)}`;
  const types = [schema.type ?? 'anything'].flat().map((type) => typeWords[type] ?? type);
  return schema.format === undefined ? types.join(' or ') : `${types.join(' or ')} (${schema.format})`;
}

function limitsOf({ minimum, maximum, minLength, maxLength, pattern, default: usual }: Schema): Html | string {
  const said = [
    minimum !== undefined && `from ${minimum}`,
    maximum !== undefined && `to ${maximum}`,
    minLength !== undefined && minLength > 1 && `at least ${minLength} characters`,
    maxLength !== undefined && `at most ${maxLength} characters`,
    usual !== undefined && `default ${JSON.stringify(usual)}`,
  ].filter((text) => typeof text === 'string');
  if (pattern === undefined) return said.join(', ');
  return html`${said.map((text) => `${text}, `).join('')}like <code>${pattern}</code>`;
}

/** Those of an object, of the objects of a list, and of every object that it may be. */
function membersOf(schema: Schema, schemas: Schemas, depth: number): Html {
  const { properties, required = [], items, anyOf, oneOf, allOf } = resolve(schema, schemas);
  if (depth >= maxDepth) return html``;
  if (items) return membersOf(items, schemas, depth);
  const parts = anyOf ?? oneOf ?? allOf;
  if (parts) return html`${parts.map((part) => membersOf(part, schemas, depth))}`;
  if (!properties || Object.keys(properties).length === 0) return html``;
  return html`<ul class="members">
    ${Object.entries(properties).map(([name, member]) => {
      const { description } = resolve(member, schemas);
      return html`<li>
        <code>${name}</code>
        <span class="note">${words(member, schemas)}${required.includes(name) ? '' : ', may be missing'}</span>
        ${description === undefined ? '' : html`<br />${prose(description)}`} ${membersOf(member, schemas, depth + 1)}
      </li>`;
    })}
  </ul>`;
}
