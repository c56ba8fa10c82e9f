import type { FieldError } from '../platform/errors.js';
import { escapePointer } from '../platform/http/json.js';
import { isSpecial } from '../vocabulary/attribute.js';
import { type Touchpoint, touchpoints } from '../vocabulary/code-lists.js';
import type { Vocabulary } from '../vocabulary/vocabulary.js';
import { InvalidAuthorizationDetailsError, SpecialAttributesError } from './consents.errors.js';
import { type DetailType, detailTypes } from './detail.js';
import { days, durationMs } from './duration.js';
import { sinceFault } from './since.js';

const MOST_PATHS = 100;
export const MOST_RECIPIENTS = 5;
const LONGEST_RECIPIENT = 100;
/** No control characters and none that turn the reading direction, no space at the ends: people are shown it. */
const RECIPIENT = /^[^\p{C}\p{Z}](?:[^\p{C}\p{Zl}\p{Zp}]*[^\p{C}\p{Z}])?$/u;
const SPECIAL =
  'is a special attribute: ask for it in a detail of type ccx_preferences_special, one attribute for one purpose';

/** Collects what is wrong, so that the retailer learns all of it at once. */
export class Faults {
  private readonly errors: FieldError[] = [];
  private readonly special = new Set<string>();

  add(pointer: string, detail: string): void {
    this.errors.push({ pointer, detail });
  }

  addSpecial(pointer: string, attributes: readonly string[]): void {
    this.add(pointer, SPECIAL);
    for (const attribute of attributes) this.special.add(attribute);
  }

  throwIfAny(): void {
    if (this.special.size > 0) throw new SpecialAttributesError([...this.special].toSorted(), this.errors);
    if (this.errors.length > 0) throw new InvalidAuthorizationDetailsError(this.errors);
  }
}

/** Takes one detail apart, member by member. What it answers for a faulty member is never used. */
export class DetailReader {
  private readonly members: Readonly<Record<string, unknown>>;

  constructor(
    value: unknown,
    private readonly pointer: string,
    private readonly faults: Faults,
  ) {
    this.members = isObject(value) ? value : {};
    if (!isObject(value)) faults.add(pointer, 'must be an object');
  }

  type(): DetailType | undefined {
    const { type } = this.members;
    const known = detailTypes.find((candidate) => candidate === type);
    if (known) return known;
    this.faults.add(`${this.pointer}/type`, `must be one of ${detailTypes.join(', ')}`);
    return undefined;
  }

  knowOnly(...names: readonly string[]): void {
    for (const name of Object.keys(this.members)) {
      if (name !== 'type' && !names.includes(name)) {
        this.fault(escapePointer(name), 'is not a member of this type of detail');
      }
    }
  }

  /** Some codes of a closed list, in the order of the list. Without a default, at least one must be there. */
  codes<Code extends string>(name: string, allowed: readonly Code[], otherwise?: readonly Code[]): Code[] {
    const given = this.strings(name, allowed.length, otherwise);
    given.forEach((code, index) => {
      if (!(allowed as readonly string[]).includes(code)) {
        this.fault(`${name}/${index}`, `must be one of ${allowed.join(', ')}`);
      }
    });
    return allowed.filter((code) => given.includes(code));
  }

  touchpoints(ofClient: readonly string[]): Touchpoint[] {
    const asked = this.codes<Touchpoint>('touchpoints', touchpoints);
    const foreign = asked.filter((touchpoint) => !ofClient.includes(touchpoint));
    if (foreign.length > 0)
      this.fault('touchpoints', `must be among those of the client; ${foreign.join(', ')} is not`);
    return asked;
  }

  /** The attributes asked for, with every category replaced by its attributes. */
  attributes(vocabulary: Vocabulary): string[] {
    const paths = this.strings('attributes', MOST_PATHS);
    const expanded = paths.flatMap((path, index) => this.expand(vocabulary, path, `attributes/${index}`));
    return [...new Set(expanded)].toSorted();
  }

  duration(name: string, mostDays: number, otherwise: string): string {
    const given = this.members[name] ?? otherwise;
    const duration = typeof given === 'string' ? durationMs(given) : null;
    if (duration === null) this.fault(name, 'must be an ISO 8601 duration such as P30D');
    else if (duration > days(mostDays)) this.fault(name, `must not be longer than ${mostDays} days`);
    return given as string; // or a fault says that it is none
  }

  since(now: Date): string | undefined {
    const { since } = this.members;
    if (since === undefined) return undefined;
    const fault = typeof since === 'string' ? sinceFault(since, now) : 'must be a text';
    if (fault) this.fault('since', fault);
    return since as string; // or a fault says that it is none
  }

  /** The one special attribute of a special detail, by its path; no category stands for it. */
  specialAttribute(vocabulary: Vocabulary): string[] {
    this.exactlyOne('attributes', 'must be exactly one: each special attribute is asked for by itself');
    const paths = this.strings('attributes', MOST_PATHS).map((path) => vocabulary.nameOf(path));
    paths.forEach((path, index) => {
      const attribute = vocabulary.attribute(path);
      const isCategory = vocabulary.categories().includes(path);
      if (attribute && isSpecial(attribute)) return;
      if (attribute)
        this.fault(`attributes/${index}`, 'is not special: ask for it in a detail of type ccx_preferences');
      else if (isCategory) this.fault(`attributes/${index}`, 'is a category: name the attribute itself');
      else this.fault(`attributes/${index}`, `is not an attribute of ccx-core ${vocabulary.version}`);
    });
    return paths;
  }

  exactlyOne(name: string, fault: string): void {
    const given = this.members[name];
    if (Array.isArray(given) && given.length > 1) this.fault(name, fault);
  }

  /** The organisations to which the retailer wants to pass on what it reads. */
  recipients(): string[] {
    const names = this.strings('recipients', MOST_RECIPIENTS, []);
    names.forEach((name, index) => {
      if (name.length > LONGEST_RECIPIENT || !RECIPIENT.test(name)) {
        this.fault(`recipients/${index}`, `must be a name of 1 to ${LONGEST_RECIPIENT} printable characters`);
      }
    });
    return [...new Set(names)].toSorted();
  }

  private expand(vocabulary: Vocabulary, given: string, at: string): string[] {
    const path = vocabulary.nameOf(given);
    const named = vocabulary.attributes().filter((attribute) => attribute.path === path || attribute.category === path);
    // A category stands for its attributes without the special ones; of special ones alone it is one itself.
    if (named.length > 0 && named.every(isSpecial)) {
      this.faults.addSpecial(
        `${this.pointer}/${at}`,
        named.map((attribute) => attribute.path),
      );
      return [];
    }
    const shareable = vocabulary.expand(path).filter((leaf) => vocabulary.attribute(leaf)?.touchpoints.length);
    if (shareable.length === 0) {
      this.fault(
        at,
        named.length > 0
          ? 'is never shown to retailers'
          : `is neither an attribute nor a category of ccx-core ${vocabulary.version}`,
      );
    }
    return shareable;
  }

  private strings(name: string, most: number, otherwise?: readonly string[]): readonly string[] {
    const given = this.members[name];
    if (given === undefined && otherwise) return otherwise;
    if (!Array.isArray(given) || given.length === 0) {
      this.fault(name, given === undefined ? 'is required' : 'must be a list with at least one entry');
      return [];
    }
    if (given.length > most) this.fault(name, `must not have more than ${most} entries`);
    else if (given.every((entry) => typeof entry === 'string')) return given;
    else this.fault(name, 'must be a list of texts');
    return [];
  }

  private fault(path: string, detail: string): void {
    this.faults.add(`${this.pointer}/${path}`, detail);
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
