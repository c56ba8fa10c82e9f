/** How many files are asked for at once. */
const AHEAD = 16;

/** Reads `count` things in order, some of them ahead, so that a place that answers late is not waited for each time. */
export async function* readAhead<T>(count: number, read: (index: number) => Promise<T>): AsyncGenerator<T> {
  const ahead: Promise<T>[] = [];
  for (let next = 0; next < count || ahead.length > 0;) {
    for (; next < count && ahead.length < AHEAD; next++) {
      const reading = read(next);
      reading.catch(() => undefined); // it is told of when its turn comes
      ahead.push(reading);
    }
    yield await (ahead.shift() as Promise<T>);
  }
}
