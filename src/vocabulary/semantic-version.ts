/** Which comes first, by their three numbers: releases of the vocabulary have no pre-releases. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [numbersOf(a), numbersOf(b)];
  const differing = left.findIndex((number, index) => number !== right[index]);
  return differing < 0 ? 0 : left[differing]! - right[differing]!;
}

export function majorOf(version: string): number {
  return numbersOf(version)[0]!;
}

/** The version that follows by a change of this level. */
export function following(version: string, level: 'patch' | 'minor' | 'major'): string {
  const [major, minor, patch] = numbersOf(version) as [number, number, number];
  if (level === 'major') return `${major + 1}.0.0`;
  return level === 'minor' ? `${major}.${minor + 1}.0` : `${major}.${minor}.${patch + 1}`;
}

function numbersOf(version: string): number[] {
  return version.split('.').map(Number);
}
