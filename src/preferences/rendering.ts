import type { JsonObject } from '../platform/json.js';
import { renderSalesforce } from './rendering-salesforce.js';
import { renderSchemaOrg } from './rendering-schema-org.js';
import { renderUcp, renderUcpBooleans } from './rendering-ucp.js';
import { renderXdm } from './rendering-xdm.js';
import type { Effective } from './resolve.js';

/** What is rendered: the preferences that somebody may see, as they hold. */
export interface Rendered {
  readonly preferences: readonly Omit<Effective, 'sources'>[];
  /** When it was looked at. */
  readonly at: Date;
  /** Where it was looked at: the address of this broker. */
  readonly source: string;
}

/**
 * The same state in the words of others. Each is a pure function of what may be seen, so that it never tells more than
 * that: what a target has no place for is left out, and so is whatever nobody has stated.
 */
const renderings = {
  schema_org: renderSchemaOrg,
  ucp: renderUcp,
  ucp_2026_04_08: renderUcpBooleans,
  xdm: renderXdm,
  salesforce: renderSalesforce,
} as const satisfies Record<string, (rendered: Rendered) => JsonObject>;

export type RenderedFormat = keyof typeof renderings;
/** `ccx` is the state itself, as this API tells it. */
export type Format = 'ccx' | RenderedFormat;

export const renderedFormats = Object.keys(renderings) as readonly RenderedFormat[];
export const formats: readonly Format[] = ['ccx', ...renderedFormats];

export function render(format: RenderedFormat, rendered: Rendered): JsonObject {
  return renderings[format](rendered);
}
