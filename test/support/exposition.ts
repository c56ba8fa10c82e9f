/** What a listener tells in the text format of Prometheus. */
export interface Family {
  readonly type: string;
  /** The names of its labels, those that the format itself adds left out. */
  readonly labels: ReadonlySet<string>;
  readonly samples: readonly Sample[];
}

export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export function parseExposition(text: string): Map<string, Family> {
  const families = new Map<string, { type: string; labels: Set<string>; samples: Sample[] }>();
  for (const [, name = '', type = ''] of text.matchAll(/^# TYPE (\S+) (\S+)$/gm)) {
    families.set(name, { type, labels: new Set(), samples: [] });
  }
  for (const [, name = '', inside = '', value] of text.matchAll(/^(\w+)(?:\{(.*)\})? (\S+)$/gm)) {
    const family = families.get(name) ?? families.get(name.replace(/_(bucket|sum|count)$/, ''));
    if (!family) throw new Error(`${name} has no type.`);
    const labels = Object.fromEntries(
      [...inside.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, label = '', of = '']) => [label, of]),
    );
    for (const label of Object.keys(labels)) if (label !== 'le') family.labels.add(label);
    family.samples.push({ name, labels, value: Number(value) });
  }
  return families;
}
