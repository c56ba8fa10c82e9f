import type { FieldError } from '../platform/errors.js';
import { escapePointer } from '../platform/http/json.js';
import { isSpecial } from '../vocabulary/attribute.js';
import { type Touchpoint, touchpoints } from '../vocabulary/code-lists.js';
import type { Vocabulary } from '../vocabulary/vocabulary.js';
import { InvalidAuthorizationDetailsError, SpecialAttributesError } from './consents.errors.js';
import { detailTypes } from './detail.js';
import { days, durationMs } from './duration.js';
import { sinceFault } from './since.js';

const MOST_PATHS = 100;
const SPECIAL = 'cannot be asked for in this way: it is a special attribute';

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

  type(): string | undefined {
    const { type } = this.members;
    if (type === 'ccx_preferences' || type === 'ccx_interactions' || type === 'ccx_preferences_special') return type;
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

  /** Names the special attributes of a detail that cannot be taken at all. */
  refuseSpecial(): void {
    const { attributes } = this.members;
    const named = Array.isArray(attributes) ? attributes.filter((path) => typeof path === 'string') : [];
    this.faults.addSpecial(this.pointer, named.length > 0 ? named.slice(0, MOST_PATHS) : ['ccx_preferences_special']);
  }

  private expand(vocabulary: Vocabulary, path: string, at: string): string[] {
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
