import type { FieldError } from '../platform/errors.js';
import { type AttributeDefinition, defined } from '../vocabulary/attribute-definition.js';
import { faultsOfAttribute } from '../vocabulary/attribute-rules.js';
import { type Attribute, categoryOfPath } from '../vocabulary/attribute.js';
import { attributeDifferences } from '../vocabulary/release-level.js';

export const MOST_EXTENSIONS = 50;

/** An attribute as a retailer sends it: never special and never inferred, so that it says neither. */
export type ExtensionDefinition = Omit<
  AttributeDefinition,
  'sensitivity' | 'inferable' | 'code_lists' | 'mappings' | 'status'
>;

const SEGMENT = /^[a-z][a-z0-9_]{0,59}$/;

/** Hosts below which anybody may have one. Those that are missing here cost their users a word with the operator. */
const SHARED_HOSTS: ReadonlySet<string> = new Set(
  `github.io gitlab.io pages.dev workers.dev web.app firebaseapp.com netlify.app vercel.app herokuapp.com fly.dev
   onrender.com azurewebsites.net cloudfront.net amazonaws.com blogspot.com wordpress.com wixsite.com weebly.com
   squarespace.com webflow.io jimdosite.com myshopify.com mybigcommerce.com shopware.store`.split(/\s+/),
);

/** As in `co.uk`: what countries have instead of one domain for all. */
const COUNTRY_SUFFIX = /^(ac|co|com|edu|gov|gv|ltd|ne|net|nom|or|org|plc)\.[a-z]{2}$/;

/**
 * Under what a retailer's attributes may stand: the host of its website with its parts turned round, without `www`. Null
 * when the website is not a host of its own: without a name of two parts, a suffix that many share, or one page of a
 * host.
 */
export function prefixOf(website: string): string | null {
  const { hostname, pathname, search } = new URL(website);
  const host = hostname.replace(/^www\./, '');
  const parts = host.split('.');
  const isName = parts.length >= 2 && parts.every((part) => /^[a-z0-9-]+$/.test(part)) && !/^\d+$/.test(parts.at(-1)!);
  const isShared = pathname !== '/' || search !== '' || SHARED_HOSTS.has(host) || COUNTRY_SUFFIX.test(host);
  return isName && !isShared ? parts.toReversed().join('.') : null;
}

export function extensionOf(definition: ExtensionDefinition): Attribute {
  return defined({ ...definition, sensitivity: 'personal', inferable: false });
}

/** What is wrong with an attribute of a retailer, beyond its form; empty when nothing is. */
export function faultsOfExtension(
  definition: ExtensionDefinition,
  prefix: string,
  patterns: ReadonlySet<string>,
): FieldError[] {
  const name = definition.path.slice(categoryOfPath(definition.path).length + 1);
  const isBelow = categoryOfPath(definition.path) === prefix && SEGMENT.test(name);
  return [
    ...(isBelow ? [] : [{ pointer: '/path', detail: `must be ${prefix}. and a name in small letters` }]),
    ...faultsOfAttribute(extensionOf(definition), definition.value_schema, '', patterns),
  ];
}

/** What of a change customers have not agreed to, or would make what they said invalid: an extension only grows. */
export function faultsOfRevision(before: Attribute, after: Attribute): FieldError[] {
  return attributeDifferences(before, after)
    .filter(([level]) => level === 'major')
    .map(([, change]) => ({ pointer: '', detail: `${change}: this takes an attribute of its own` }));
}
