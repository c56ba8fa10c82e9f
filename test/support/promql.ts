/** What an expression of Prometheus asks for: names of metrics with the labels by which they are chosen, or grouped. */
export interface Asked {
  readonly metric: string;
  readonly labels: readonly string[];
}

const metric = /\b((?:ccx|process|nodejs|up)(?:[_:][a-zA-Z0-9_:]+)?)\b(?:\{([^}]*)\})?/g;

export function askedBy(expression: string): Asked[] {
  const grouped = [...expression.matchAll(/\b(?:by|on)\s*\(([^)]*)\)/g)].flatMap(([, names = '']) => words(names));
  const plain = expression.replace(/\b(?:by|on)\s*\([^)]*\)/g, '');
  return [...plain.matchAll(metric)].map(([, name = '', inside = '']) => ({
    metric: name,
    labels: [...[...inside.matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g)].map(([, label = '']) => label), ...grouped],
  }));
}

function words(text: string): string[] {
  return text.split(',').map((word) => word.trim());
}
